-- Ids are the 16 bytes of the UUID, times Unix milliseconds, amounts minor units; words are those of the HTTP contract.

CREATE TABLE orders(
  tenant TEXT NOT NULL,
  id BLOB NOT NULL,
  user_id BLOB NOT NULL,                -- sixteen zero bytes: an imported sale without a known customer
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  payment_status TEXT NOT NULL,
  total INTEGER NOT NULL CHECK(total >= 0),
  currency TEXT NOT NULL,
  shipping_address TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  cancelled_at INTEGER,
  version INTEGER NOT NULL,
  PRIMARY KEY(tenant, id)
) WITHOUT ROWID;
CREATE INDEX orders_of_user ON orders(tenant, user_id, id);
CREATE INDEX orders_by_status ON orders(tenant, status, id);

CREATE TABLE order_line(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  product_name TEXT NOT NULL,
  category_name TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK(quantity > 0),
  price INTEGER NOT NULL,
  subtotal INTEGER NOT NULL,
  PRIMARY KEY(tenant, order_id, line)
) WITHOUT ROWID;

-- The log of events: written with what it tells of, by the only writer, so the position is the order of commits.
-- AUTOINCREMENT: a position is never given twice, even if the newest rows should be removed one day.
CREATE TABLE outbox(
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  event TEXT NOT NULL,                  -- the JSON of the event
  UNIQUE(tenant, order_id, version)
);

CREATE TABLE idempotency_key(
  tenant TEXT NOT NULL,
  user_id BLOB NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,            -- SHA-256 of the request
  order_id BLOB NOT NULL,
  claim BLOB NOT NULL,                  -- the attempt that holds it
  process BLOB NOT NULL,                -- and where that runs
  held_until INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  completed INTEGER NOT NULL DEFAULT 0, -- the order is there
  PRIMARY KEY(tenant, user_id, route, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_key_by_expiry ON idempotency_key(expires_at);
