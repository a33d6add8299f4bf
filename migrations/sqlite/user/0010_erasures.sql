-- Accounts that were erased; rows stay for good. The feed that other services follow, and what each holder has reported.
CREATE TABLE erasure(
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant       TEXT    NOT NULL,
  user_id      BLOB    NOT NULL,
  requested_at INTEGER NOT NULL,
  by_owner     INTEGER NOT NULL,
  receipt      BLOB    NOT NULL  -- hash of what the state may be looked at with
) STRICT;
CREATE UNIQUE INDEX erasure_of_user ON erasure(tenant, user_id);
CREATE UNIQUE INDEX erasure_by_receipt ON erasure(tenant, receipt);

CREATE TABLE erasure_report(
  seq         INTEGER NOT NULL,  -- of the erasure
  holder      TEXT    NOT NULL CHECK (holder IN ('user', 'order', 'analytics')),
  reported_at INTEGER NOT NULL,  -- 0: never
  is_done     INTEGER NOT NULL,
  open_orders INTEGER NOT NULL,
  PRIMARY KEY (seq, holder)
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_outstanding ON erasure_report(holder, reported_at, seq) WHERE is_done = 0;
CREATE INDEX sign_in_code_by_user ON sign_in_code(tenant, user_id);
