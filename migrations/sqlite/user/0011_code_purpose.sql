-- A code is for one thing, and an account has one of each at most. Which thing the older ones were for nobody knows: they end.
DROP TABLE sign_in_code;
CREATE TABLE sign_in_code(
  tenant     TEXT    NOT NULL,
  hash       BLOB    NOT NULL,
  user_id    BLOB    NOT NULL,
  purpose    TEXT    NOT NULL CHECK (purpose IN ('sign_in', 'reset')),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sign_in_code_of_user ON sign_in_code(tenant, user_id, purpose);
CREATE INDEX sign_in_code_by_expiry ON sign_in_code(expires_at);
