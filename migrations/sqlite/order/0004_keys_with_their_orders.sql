-- A key is written once, with the order it stands for. Attempts that are under way are known to the process that runs them:
-- only one has this file, and what died with it is settled by the reservations that it left. Claims without an order
-- were of such attempts.
CREATE TABLE key_of_order(
  tenant TEXT NOT NULL,
  user_id BLOB NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,            -- SHA-256 of the request
  order_id BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY(tenant, user_id, route, key)
) WITHOUT ROWID;
INSERT INTO key_of_order SELECT tenant, user_id, route, key, fingerprint, order_id, expires_at FROM idempotency_key
  WHERE completed = 1;
DROP TABLE idempotency_key;
ALTER TABLE key_of_order RENAME TO idempotency_key;
CREATE INDEX idempotency_key_by_expiry ON idempotency_key(expires_at);
