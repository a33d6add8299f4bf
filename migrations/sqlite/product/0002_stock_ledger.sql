-- The ledger becomes readable per product, and says who moved units and why. Reservations wait for their orders. And
-- what an order writes are fewer and smaller rows: chosen by measurement (docs/adr/0006, 0007).

-- Stock by the product's number: each movement finds its row by a small integer.
CREATE TABLE stock_of_product(
  number INTEGER PRIMARY KEY,           -- product.number
  available INTEGER NOT NULL CHECK(available >= 0),
  reserved INTEGER NOT NULL DEFAULT 0 CHECK(reserved >= 0),
  sold INTEGER NOT NULL DEFAULT 0 CHECK(sold >= 0),
  movements INTEGER NOT NULL DEFAULT 0, -- the sequence of the newest movement
  last_movement INTEGER                 -- its number
);

-- Written in order of time, as before: an index by product would dirty a page for each line of an order. Instead each
-- movement names the one of its product before it, and the stock row the newest, so that a product's history is read
-- newest first, step by step.
CREATE TABLE movement_of_product(
  number INTEGER PRIMARY KEY,
  product INTEGER NOT NULL,             -- product.number
  sequence INTEGER NOT NULL,            -- 1, 2, … within the product, without gaps
  previous INTEGER,                     -- the number of sequence - 1
  kind TEXT NOT NULL,                   -- initial, adjust, reserve, sell, release, take_back
  delta INTEGER NOT NULL CHECK(delta >= 0 OR kind = 'adjust'),
  order_id BLOB,
  reason TEXT,
  actor BLOB,                           -- the user who did it
  moved_at INTEGER NOT NULL
);
INSERT INTO movement_of_product
  SELECT stock_movement.number, product.number, row_number() OVER history, lag(stock_movement.number) OVER history, kind,
         delta, order_id, NULL, NULL, moved_at
  FROM stock_movement JOIN product ON product.tenant = stock_movement.tenant AND product.id = stock_movement.product_id
  WINDOW history AS (PARTITION BY product.number ORDER BY stock_movement.number) ORDER BY stock_movement.number;
INSERT INTO stock_of_product
  SELECT product.number, available, reserved, sold, coalesce(history.movements, 0), history.last_movement
  FROM stock JOIN product ON product.tenant = stock.tenant AND product.id = stock.product_id
  LEFT JOIN (SELECT product, count(*) AS movements, max(number) AS last_movement FROM movement_of_product
             GROUP BY product) AS history ON history.product = product.number;

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

-- A reservation's lines are written once and read as a whole, so they are a value of its row:
-- [[product id, product.number, name, category, price, quantity], …] in the order they were asked for.
CREATE TABLE whole_reservation(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL CHECK(length(order_id) = 16),
  state TEXT NOT NULL,                  -- reserved, sold, released
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  order_known INTEGER NOT NULL DEFAULT 0, -- the order service has said that there is an order for it
  lines TEXT NOT NULL,
  PRIMARY KEY(tenant, order_id)
) WITHOUT ROWID;
INSERT INTO whole_reservation
  SELECT tenant, order_id, state, created_at, updated_at, 0,
         (SELECT json_group_array(json(line)) FROM (
            SELECT json_array(uuid_text(line.product_id), product.number, line.product_name, line.category_name,
                              line.price, line.quantity) AS line
            FROM reservation_line AS line JOIN product ON product.tenant = line.tenant AND product.id = line.product_id
            WHERE line.tenant = reservation.tenant AND line.order_id = reservation.order_id ORDER BY line.line))
  FROM reservation;

DROP TABLE stock;
DROP TABLE stock_movement;
DROP TABLE reservation_line;
DROP TABLE reservation;
ALTER TABLE stock_of_product RENAME TO stock;
ALTER TABLE movement_of_product RENAME TO stock_movement;
ALTER TABLE whole_reservation RENAME TO reservation;

-- One that stays without an order is abandoned; the index holds the few that are still to be asked about.
CREATE INDEX reservation_unsettled ON reservation(created_at) WHERE state = 'reserved' AND order_known = 0;
