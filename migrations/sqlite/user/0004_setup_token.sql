-- What makes the first admin; gone once there is one.
CREATE TABLE setup_token(
  tenant     TEXT    PRIMARY KEY,
  hash       BLOB    NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
