-- Times are Unix milliseconds. Texts compare by their bytes whatever the database's collation is: orders are the same in every
-- store, beginnings are found by the plain indexes, and lower() minds A to Z only, as the comparison of addresses does.
CREATE TABLE account(
  tenant        text    COLLATE "C" NOT NULL,
  id            uuid    NOT NULL,
  email         text    COLLATE "C" NOT NULL,
  email_key     text    COLLATE "C" NOT NULL,  -- the address without its case
  first_name    text    COLLATE "C" NOT NULL,
  last_name     text    COLLATE "C" NOT NULL,
  role          text    COLLATE "C" NOT NULL CHECK (role IN ('customer', 'analyst', 'staff', 'admin')),
  is_active     boolean NOT NULL,
  password_hash text    COLLATE "C" NOT NULL,  -- '': no password
  rights_since  bigint  NOT NULL,
  created_at    bigint  NOT NULL,
  updated_at    bigint  NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX account_by_email ON account(tenant, email_key);
CREATE INDEX account_by_name ON account(tenant, lower(first_name || ' ' || last_name));
CREATE INDEX account_by_last_name ON account(tenant, lower(last_name));

CREATE TABLE session(
  tenant            text   COLLATE "C" NOT NULL,
  id                uuid   NOT NULL,
  user_id           uuid   NOT NULL,
  created_at        bigint NOT NULL,
  access_expires_at bigint NOT NULL,  -- none of its access tokens expires later
  expires_at        bigint NOT NULL,
  token_number      bigint NOT NULL,  -- of the refresh token that counts; smaller numbers are used
  PRIMARY KEY (tenant, id)
);
CREATE INDEX session_by_user ON session(tenant, user_id, created_at DESC, id DESC);
CREATE INDEX session_by_expiry ON session(expires_at);

CREATE TABLE refresh_token(
  tenant     text   COLLATE "C" NOT NULL,
  hash       bytea  NOT NULL,
  session_id uuid   NOT NULL,
  number     bigint NOT NULL,
  PRIMARY KEY (tenant, hash),
  FOREIGN KEY (tenant, session_id) REFERENCES session(tenant, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX refresh_token_by_session ON refresh_token(tenant, session_id, number);

CREATE TABLE sign_in_code(
  tenant     text   COLLATE "C" NOT NULL,
  hash       bytea  NOT NULL,
  user_id    uuid   NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant, hash)
);
CREATE INDEX sign_in_code_by_expiry ON sign_in_code(expires_at);

-- The feed that other processes follow.
CREATE TABLE revocation(
  seq        bigint PRIMARY KEY,
  tenant     text   COLLATE "C" NOT NULL,
  session_id uuid,
  user_id    uuid,
  not_before bigint,
  expires_at bigint NOT NULL,
  CHECK ((session_id IS NULL) <> (user_id IS NULL)),
  CHECK ((user_id IS NULL) = (not_before IS NULL))
);
CREATE INDEX revocation_by_expiry ON revocation(expires_at);

-- The last number of the feed, in its only row. Who records revocations holds the row until the commit, so that numbers
-- become visible in their order and a reader beyond one of them misses nothing; a sequence would not do that.
CREATE TABLE revocation_counter(
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  seq     bigint  NOT NULL
);
INSERT INTO revocation_counter(seq) VALUES (0);
