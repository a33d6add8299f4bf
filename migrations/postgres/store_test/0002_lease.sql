-- Which process does what one of several has to do.
CREATE TABLE lease(
  name       text        COLLATE "C" PRIMARY KEY,
  holder     uuid        NOT NULL,
  expires_at timestamptz NOT NULL
);
