// Exists to build the precompiled header that every other target shares.
