-- Products, their stock, and the reservations that orders hold. Times are Unix milliseconds, money is minor units.

CREATE TABLE product(
  number INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  id BLOB NOT NULL CHECK(length(id) = 16),
  name TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  description TEXT,
  price INTEGER NOT NULL CHECK(price >= 0),
  category TEXT,
  image_url TEXT,
  sku TEXT,
  is_active INTEGER NOT NULL CHECK(is_active IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX product_by_id ON product(tenant, id);
CREATE UNIQUE INDEX product_by_sku ON product(tenant, sku) WHERE sku IS NOT NULL;

-- One index for each order of the list. The columns behind the sort key, is_active among them, let a deep page be found
-- without the rows.
CREATE INDEX product_by_created_at ON product(tenant, created_at, id, price, is_active) WHERE is_active = 1;
CREATE INDEX product_by_name ON product(tenant, sort_name, id, price, is_active) WHERE is_active = 1;
CREATE INDEX product_by_price ON product(tenant, price, id, is_active) WHERE is_active = 1;
CREATE INDEX product_by_category ON product(tenant, category, price, created_at, id, is_active) WHERE is_active = 1;

-- What products are found by, folded to lower case; rowid = product.number.
CREATE VIRTUAL TABLE product_text USING fts5(text, tokenize = 'trigram case_sensitive 1', columnsize = 0);

-- Apart from product, because every order writes here and the rows are small: many share a page.
CREATE TABLE stock(
  tenant TEXT NOT NULL,
  product_id BLOB NOT NULL,
  available INTEGER NOT NULL CHECK(available >= 0),
  reserved INTEGER NOT NULL DEFAULT 0 CHECK(reserved >= 0),
  sold INTEGER NOT NULL DEFAULT 0 CHECK(sold >= 0),
  PRIMARY KEY(tenant, product_id)
) WITHOUT ROWID;
CREATE INDEX stock_by_available ON stock(tenant, available, product_id);

-- The ledger: initial and adjust (which may be negative) change how many units there are, the others move them.
CREATE TABLE stock_movement(
  number INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  product_id BLOB NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('initial', 'adjust', 'reserve', 'sell', 'release', 'take_back')),
  delta INTEGER NOT NULL CHECK(delta >= 0 OR kind = 'adjust'),
  order_id BLOB,
  moved_at INTEGER NOT NULL
);

CREATE TABLE reservation(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL CHECK(length(order_id) = 16),
  state TEXT NOT NULL CHECK(state IN ('reserved', 'sold', 'released')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY(tenant, order_id)
) WITHOUT ROWID;

CREATE TABLE reservation_line(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  product_id BLOB NOT NULL,
  product_name TEXT NOT NULL,
  category_name TEXT NOT NULL,
  price INTEGER NOT NULL,
  quantity INTEGER NOT NULL CHECK(quantity > 0),
  PRIMARY KEY(tenant, order_id, line)
) WITHOUT ROWID;

-- Counts the committed changes; caches tell old from new by it.
CREATE TABLE change_counter(
  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),
  number INTEGER NOT NULL
);
INSERT INTO change_counter VALUES(1, 0);

-- How far the order log has been applied.
CREATE TABLE followed_log(
  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),
  position INTEGER NOT NULL
);
INSERT INTO followed_log VALUES(1, 0);
