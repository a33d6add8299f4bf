CREATE TABLE user(
  tenant        TEXT    NOT NULL,
  id            BLOB    NOT NULL,
  email         TEXT    NOT NULL,
  email_key     TEXT    NOT NULL,  -- the address without its case
  first_name    TEXT    NOT NULL,
  last_name     TEXT    NOT NULL,
  role          TEXT    NOT NULL CHECK (role IN ('customer', 'analyst', 'staff', 'admin')),
  is_active     INTEGER NOT NULL,
  password_hash TEXT    NOT NULL,  -- '': no password
  rights_since  INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_by_email ON user(tenant, email_key);

CREATE TABLE session(
  tenant            TEXT    NOT NULL,
  id                BLOB    NOT NULL,
  user_id           BLOB    NOT NULL,
  created_at        INTEGER NOT NULL,
  access_expires_at INTEGER NOT NULL,  -- none of its access tokens expires later
  expires_at        INTEGER NOT NULL,
  token_number      INTEGER NOT NULL,  -- of the refresh token that counts; smaller numbers are used
  PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session(tenant, user_id, created_at);
CREATE INDEX session_by_expiry ON session(expires_at);

CREATE TABLE refresh_token(
  tenant     TEXT    NOT NULL,
  hash       BLOB    NOT NULL,
  session_id BLOB    NOT NULL,
  number     INTEGER NOT NULL,
  PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX refresh_token_by_session ON refresh_token(tenant, session_id, number);

CREATE TABLE sign_in_code(
  tenant     TEXT    NOT NULL,
  hash       BLOB    NOT NULL,
  user_id    BLOB    NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_code_by_expiry ON sign_in_code(expires_at);

-- The feed that other processes follow: AUTOINCREMENT, so that no number is given twice after old rows are removed.
CREATE TABLE revocation(
  seq        INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant     TEXT    NOT NULL,
  session_id BLOB,
  user_id    BLOB,
  not_before INTEGER,
  expires_at INTEGER NOT NULL,
  CHECK ((session_id IS NULL) <> (user_id IS NULL)),
  CHECK ((user_id IS NULL) = (not_before IS NULL))
) STRICT;
CREATE INDEX revocation_by_expiry ON revocation(expires_at);
