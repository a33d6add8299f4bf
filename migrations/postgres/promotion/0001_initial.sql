-- A shop that is being moved here, or was, in its only row. Until it has ended the other schemas are nothing to serve.
CREATE TABLE promotion(
  is_only     boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  source      text   COLLATE "C" NOT NULL,  -- what tells the shop, in the state it is moved in, from every other
  started_at  bigint NOT NULL,              -- Unix milliseconds
  finished_at bigint                        -- NULL: not yet
);
