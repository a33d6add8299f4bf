-- What makes the first admin; gone once there is one.
CREATE TABLE setup_token(
  tenant     text   COLLATE "C" PRIMARY KEY,
  hash       bytea  NOT NULL,
  expires_at bigint NOT NULL
);
