-- Facts come from the event log; everything else is derived from them, in the same transaction.
-- Amounts are minor units, times are Unix milliseconds. STRICT makes a sum that overflows an error instead of a REAL.

CREATE TABLE progress (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  position  INTEGER NOT NULL,
  time_zone TEXT    NOT NULL   -- in which the days of `sales` and `tally` begin; fixed for the life of the file
) STRICT;

CREATE TABLE shop (
  number        INTEGER PRIMARY KEY,
  tenant        TEXT    NOT NULL UNIQUE,
  last_event_at INTEGER,
  first_flow_at INTEGER,       -- of orders placed and cancellations
  last_flow_at  INTEGER
) STRICT;

-- Numbers are small and dense, for packed rollups and sets.
CREATE TABLE customer (
  number         INTEGER PRIMARY KEY,
  shop           INTEGER NOT NULL,
  user_id        BLOB    NOT NULL,
  first_order_at INTEGER,      -- NULL: only cancellations are known yet
  UNIQUE (shop, user_id)
) STRICT;

CREATE TABLE product (
  number      INTEGER PRIMARY KEY,
  shop        INTEGER NOT NULL,
  product_id  BLOB    NOT NULL,
  name        TEXT    NOT NULL,  -- as of the newest event that holds it; its time stands in `tally`
  UNIQUE (shop, product_id)
) STRICT;

CREATE TABLE order_fact (
  shop      INTEGER NOT NULL,
  order_id  BLOB    NOT NULL,
  customer  INTEGER,             -- NULL: none known
  kind      INTEGER NOT NULL,
  currency  TEXT    NOT NULL,
  version   INTEGER NOT NULL,    -- the highest seen, and its status
  status    INTEGER NOT NULL,
  ordered_at INTEGER,            -- of a sale: placed; of a credit note: written; NULL: that event has not come yet
  total      INTEGER,
  units      INTEGER,
  lines      BLOB,               -- packed by product; only what was placed
  cancelled_at    INTEGER,
  cancelled_total INTEGER,
  cancelled_lines BLOB,
  PRIMARY KEY (shop, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_by_time ON order_fact (shop, ordered_at) WHERE ordered_at IS NOT NULL;
CREATE INDEX order_by_cancellation ON order_fact (shop, cancelled_at) WHERE cancelled_at IS NOT NULL;

-- grain 0: all time (bucket 0); 1: days of progress.time_zone (days since 1970-01-01);
-- 2: quarters of an hour of UTC since 1970, of which the days of every time zone are made.
CREATE TABLE sales (
  shop   INTEGER NOT NULL,
  grain  INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  placed_orders    INTEGER NOT NULL,
  placed_units     INTEGER NOT NULL,
  gross            INTEGER NOT NULL,
  cancelled_orders INTEGER NOT NULL,
  cancelled_units  INTEGER NOT NULL,
  cancelled        INTEGER NOT NULL,
  new_customers    INTEGER NOT NULL,
  -- the orders placed here by their present status
  now_pending      INTEGER NOT NULL,
  now_confirmed    INTEGER NOT NULL,
  now_processing   INTEGER NOT NULL,
  now_shipped      INTEGER NOT NULL,
  now_delivered    INTEGER NOT NULL,
  now_cancelled    INTEGER NOT NULL,
  customers BLOB,                -- Roaring bitmap of the customers who placed an order; not kept for all time
  PRIMARY KEY (shop, grain, bucket)
) STRICT, WITHOUT ROWID;

-- What each product (subject 0) or customer (subject 1) sold or spent on a day of progress.time_zone, and what each
-- product sold in all time (subject 2, day 0). Many numbers are packed into a row: a month of a busy shop is read in a
-- few hundred rows instead of tens of thousands, and a batch of orders rewrites few pages.
CREATE TABLE tally (
  shop    INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  block   INTEGER NOT NULL,
  day     INTEGER NOT NULL,
  entries BLOB    NOT NULL,
  PRIMARY KEY (shop, subject, block, day)  -- a report adds up block by block, each small enough for the CPU's cache
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
