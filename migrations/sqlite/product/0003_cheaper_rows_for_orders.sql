-- What an order writes, in fewer and smaller rows: chosen by measurement (docs/adr/0007).

-- Stock by the product's number: each movement finds its row by a small integer.
CREATE TABLE stock_of_product(
  number INTEGER PRIMARY KEY,           -- product.number
  available INTEGER NOT NULL CHECK(available >= 0),
  reserved INTEGER NOT NULL DEFAULT 0 CHECK(reserved >= 0),
  sold INTEGER NOT NULL DEFAULT 0 CHECK(sold >= 0),
  movements INTEGER NOT NULL DEFAULT 0, -- the sequence of the newest movement
  last_movement INTEGER                 -- its number
);
INSERT INTO stock_of_product
  SELECT product.number, available, reserved, sold, movements, last_movement
  FROM stock JOIN product ON product.tenant = stock.tenant AND product.id = stock.product_id;

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
  SELECT stock_movement.number, product.number, sequence, previous, kind, delta, order_id, reason, actor, moved_at
  FROM stock_movement JOIN product ON product.tenant = stock_movement.tenant AND product.id = stock_movement.product_id
  ORDER BY stock_movement.number;

-- A reservation's lines are written once and read as a whole, so they are a value of its row:
-- [[product id, product.number, name, category, price, quantity], …] in the order they were asked for.
CREATE TABLE whole_reservation(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL CHECK(length(order_id) = 16),
  state TEXT NOT NULL,                  -- reserved, sold, released
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  order_known INTEGER NOT NULL DEFAULT 0,
  lines TEXT NOT NULL,
  PRIMARY KEY(tenant, order_id)
) WITHOUT ROWID;
INSERT INTO whole_reservation
  SELECT tenant, order_id, state, created_at, updated_at, order_known,
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
CREATE INDEX reservation_unsettled ON reservation(created_at) WHERE state = 'reserved' AND order_known = 0;
