-- What the staff did, as a chain of hashes for each shop. Rows are added, and nothing else is done to them.
CREATE TABLE order_audit(
  tenant   text   COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  entry    text   COLLATE "C" NOT NULL,  -- JSON, as it was hashed
  previous bytea  NOT NULL,              -- the hash of the row before
  hash     bytea  NOT NULL,
  PRIMARY KEY (tenant, seq)
);
CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is added to and never changed'; END $$;
CREATE TRIGGER order_audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON order_audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- How far each chain goes: rows that are cut off are missed. Who appends holds the chain's row until the commit, so that one
-- row comes after the other, whichever processes write.
CREATE TABLE order_audit_head(
  tenant text   COLLATE "C" PRIMARY KEY,
  seq    bigint NOT NULL,
  hash   bytea  NOT NULL
);
