-- Accounts that were erased; rows stay for good. The feed that other services follow, numbered by revocation_counter, and
-- what each holder has reported.
CREATE TABLE erasure(
  seq          bigint  PRIMARY KEY,
  tenant       text    COLLATE "C" NOT NULL,
  user_id      uuid    NOT NULL,
  requested_at bigint  NOT NULL,
  by_owner     boolean NOT NULL,
  receipt      bytea   NOT NULL  -- hash of what the state may be looked at with
);
CREATE UNIQUE INDEX erasure_of_user ON erasure(tenant, user_id);
CREATE UNIQUE INDEX erasure_by_receipt ON erasure(tenant, receipt);

CREATE TABLE erasure_report(
  seq         bigint  NOT NULL REFERENCES erasure(seq),
  holder      text    COLLATE "C" NOT NULL CHECK (holder IN ('user', 'order', 'analytics')),
  reported_at bigint  NOT NULL,  -- 0: never
  is_done     boolean NOT NULL,
  open_orders bigint  NOT NULL,
  PRIMARY KEY (seq, holder)
);
CREATE INDEX erasure_outstanding ON erasure_report(holder, reported_at, seq) WHERE NOT is_done;
CREATE INDEX sign_in_code_by_user ON sign_in_code(tenant, user_id);
