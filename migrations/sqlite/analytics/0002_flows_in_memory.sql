-- Only facts are stored; what is asked is answered from columns in memory that are made of them (ADR 9). All of it comes
-- from the event log, so the old tables are dropped and the log is applied from its beginning.
-- Amounts are minor units, times are Unix milliseconds.

DROP TABLE progress;
DROP TABLE shop;
DROP TABLE customer;
DROP TABLE product;
DROP TABLE order_fact;
DROP TABLE sales;
DROP TABLE tally;
DROP TABLE placed_order;

-- A generation is one pass over the log from its beginning. One is asked; a second one is there while the facts are
-- built anew.
CREATE TABLE generation (
  number   INTEGER PRIMARY KEY,
  is_asked INTEGER NOT NULL,
  position INTEGER NOT NULL     -- of the log: everything up to here is in
) STRICT;
INSERT INTO generation(number, is_asked, position) VALUES(1, 1, 0);

CREATE TABLE shop (
  number        INTEGER PRIMARY KEY,
  generation    INTEGER NOT NULL,
  tenant        TEXT    NOT NULL,
  last_event_at INTEGER,
  -- What has come in over all time, lest a sum of it should not fit; all are sums of what is not negative.
  gross            INTEGER NOT NULL,
  units            INTEGER NOT NULL,
  given_back       INTEGER NOT NULL,
  given_back_units INTEGER NOT NULL,
  UNIQUE (generation, tenant)
) STRICT;

-- Numbers are dense within a shop: places in columns.
CREATE TABLE customer (
  shop    INTEGER NOT NULL,
  number  INTEGER NOT NULL,      -- from 1
  user_id BLOB    NOT NULL,
  PRIMARY KEY (shop, number),
  UNIQUE (shop, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE item (              -- a product in a category
  shop       INTEGER NOT NULL,
  number     INTEGER NOT NULL,   -- from 0
  product_id BLOB    NOT NULL,
  category   TEXT    NOT NULL,
  name       TEXT    NOT NULL,   -- as of the newest event that holds it; of equally new ones the greater
  named_at   INTEGER NOT NULL,   -- the time of that event
  PRIMARY KEY (shop, number),
  UNIQUE (shop, product_id, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_fact (
  shop      INTEGER NOT NULL,
  number    INTEGER NOT NULL,    -- from 0
  order_id  BLOB    NOT NULL,
  customer  INTEGER NOT NULL,    -- 0: none known
  kind      INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  version   INTEGER NOT NULL,    -- the highest seen, and its status
  status    INTEGER NOT NULL,
  placed_at    INTEGER,          -- NULL: that event has not come yet, or the order is a credit note
  amount       INTEGER,
  lines        BLOB,             -- packed by item
  given_back_at     INTEGER,
  given_back_amount INTEGER,
  given_back_lines  BLOB,        -- NULL: the lines that were placed
  shipped_at   INTEGER,
  delivered_at INTEGER,
  PRIMARY KEY (shop, number),
  UNIQUE (shop, order_id)
) STRICT, WITHOUT ROWID;

-- The newest orders as they came in, for readers of the live stream that come back. Bounded.
CREATE TABLE placed_order (
  shop      INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  event_id  BLOB    NOT NULL,
  order_id  BLOB    NOT NULL,
  user_id   BLOB,
  status    INTEGER NOT NULL,
  total     INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  units     INTEGER NOT NULL,
  placed_at INTEGER NOT NULL,
  PRIMARY KEY (shop, position)
) STRICT, WITHOUT ROWID;

-- Events that could not be added up, whole, until they can.
CREATE TABLE dead_letter (
  generation INTEGER NOT NULL,
  position   INTEGER NOT NULL,    -- of the event in the log
  tenant     TEXT    NOT NULL,
  event      TEXT    NOT NULL,    -- JSON
  reason     TEXT    NOT NULL,
  attempts   INTEGER NOT NULL,
  PRIMARY KEY (generation, position)
) STRICT, WITHOUT ROWID;
