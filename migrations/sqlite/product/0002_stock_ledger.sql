-- The ledger becomes readable per product, and says who moved units and why. Reservations wait for their orders.

-- Written in order of time, as before: an index by product would dirty a page for each line of an order. Instead each
-- movement names the one of its product before it, and the stock row the newest, so that a product's history is read
-- newest first, step by step.
CREATE TABLE stock_ledger(
  number INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  product_id BLOB NOT NULL,
  sequence INTEGER NOT NULL,            -- 1, 2, … within the product, without gaps
  previous INTEGER,                     -- the number of sequence - 1
  kind TEXT NOT NULL,                   -- initial, adjust, reserve, sell, release, take_back
  delta INTEGER NOT NULL CHECK(delta >= 0 OR kind = 'adjust'),
  order_id BLOB,
  reason TEXT,
  actor BLOB,                           -- the user who did it
  moved_at INTEGER NOT NULL
);
INSERT INTO stock_ledger
  SELECT number, tenant, product_id, row_number() OVER product, lag(number) OVER product, kind, delta, order_id, NULL,
         NULL, moved_at
  FROM stock_movement WINDOW product AS (PARTITION BY tenant, product_id ORDER BY number) ORDER BY number;
DROP TABLE stock_movement;
ALTER TABLE stock_ledger RENAME TO stock_movement;

ALTER TABLE stock ADD COLUMN movements INTEGER NOT NULL DEFAULT 0;  -- the sequence of the newest movement
ALTER TABLE stock ADD COLUMN last_movement INTEGER;                 -- its number
UPDATE stock SET movements = ledger.movements, last_movement = ledger.last_movement
  FROM (SELECT tenant, product_id, count(*) AS movements, max(number) AS last_movement
        FROM stock_movement GROUP BY tenant, product_id) AS ledger
  WHERE ledger.tenant = stock.tenant AND ledger.product_id = stock.product_id;

-- An adjustment that was asked for with a key: what was asked, and what was answered.
CREATE TABLE stock_adjustment_key(
  tenant TEXT NOT NULL,
  user_id BLOB NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  available INTEGER NOT NULL,
  reserved INTEGER NOT NULL,
  sold INTEGER NOT NULL,
  movement INTEGER,                     -- number of the movement it made, if any
  expires_at INTEGER NOT NULL,
  PRIMARY KEY(tenant, user_id, key)
) WITHOUT ROWID;
CREATE INDEX stock_adjustment_key_by_expiry ON stock_adjustment_key(expires_at);

-- Whether the order service has said that there is an order for the reservation. One that stays without is abandoned;
-- the index holds the few that are still to be asked about.
ALTER TABLE reservation ADD COLUMN order_known INTEGER NOT NULL DEFAULT 0;
CREATE INDEX reservation_unsettled ON reservation(created_at) WHERE state = 'reserved' AND order_known = 0;
