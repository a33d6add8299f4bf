-- What the staff did, as a chain of hashes for each shop. Rows are added, and nothing else is done to them.
CREATE TABLE analytics_audit(
  tenant   TEXT    NOT NULL,
  seq      INTEGER NOT NULL,
  entry    TEXT    NOT NULL,  -- JSON, as it was hashed
  previous BLOB    NOT NULL,  -- the hash of the row before
  hash     BLOB    NOT NULL,
  PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER analytics_audit_stays BEFORE UPDATE ON analytics_audit
BEGIN SELECT raise(ABORT, 'the audit trail is added to and never changed'); END;
CREATE TRIGGER analytics_audit_is_kept BEFORE DELETE ON analytics_audit
BEGIN SELECT raise(ABORT, 'the audit trail is added to and never changed'); END;

-- How far each chain goes: rows that are cut off are missed.
CREATE TABLE analytics_audit_head(
  tenant TEXT    PRIMARY KEY,
  seq    INTEGER NOT NULL,
  hash   BLOB    NOT NULL
) STRICT, WITHOUT ROWID;
