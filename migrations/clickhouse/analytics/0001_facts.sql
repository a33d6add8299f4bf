-- What the event log says, as rows that never change (ADR 16). ClickHouse knows no transactions: the same row may come again,
-- from another process or after a crash, with the same key, and then the one with the highest precedence stays.
--
-- precedence: 2^64 - 1 less the position in the log, so that of an event that the log holds twice the first is kept. What a
-- question sees is what came up to one position: precedence >= that position's.
-- generation: one pass over the log from its beginning; in every key, as FINAL makes one of rows with one key in whatever
-- partitions they are. Amounts are minor units, times are Unix milliseconds, ids are the 16
-- bytes of a UUID; 16 zero bytes: no customer known.

-- Every event that was added up, order by order. type: 1 placed, 2 given back, 3 shipped, 4 delivered, 0 any other.
CREATE TABLE IF NOT EXISTS order_event (
  generation UInt64,
  tenant     String,
  order_id   FixedString(16),
  version    Int64,
  type       UInt8,
  at         Int64,
  status     UInt8,
  document   UInt8,
  customer   FixedString(16),
  units      Int64,
  amount     Int64,
  currency   String,
  event_id   FixedString(16),
  precedence UInt64
) ENGINE = ReplacingMergeTree(precedence)
PARTITION BY generation ORDER BY (generation, tenant, order_id, version, type) SETTINGS index_granularity = 2048;

-- The same events by their place in the log, with what was ordered: what columns in memory are made of, and follow. Rows of one
-- position are equal. An item is at the same place of all five arrays.
CREATE TABLE IF NOT EXISTS logged_event (
  generation UInt64,
  position   Int64,
  tenant     String,
  type       UInt8,
  version    Int64,
  status     UInt8,
  document   UInt8,
  at         Int64,
  order_id   FixedString(16),
  customer   FixedString(16),
  amount     Int64,
  currency   String,
  product    Array(FixedString(16)),
  name       Array(String),
  category   Array(String),
  quantity   Array(Int64),
  subtotal   Array(Int64)
) ENGINE = ReplacingMergeTree
PARTITION BY generation ORDER BY (generation, position) SETTINGS index_granularity = 1024;

-- What follows from them by time, for what is asked: an order placed (kind 0), given back (1), shipped (2), delivered (3). The last two are
-- there once the order's placing is known too, with the seconds in between.
CREATE TABLE IF NOT EXISTS flow (
  generation UInt64,
  tenant     String,
  kind       UInt8,
  at         Int64,
  order_id   FixedString(16),
  customer   FixedString(16),
  document   UInt8,   -- 0 a sale, 1 a credit note
  units      Int64,
  amount     Int64,
  seconds    Int64,
  is_record  UInt8,   -- no earlier order of the customer was known; see first_order
  precedence UInt64
) ENGINE = ReplacingMergeTree(precedence)
PARTITION BY generation ORDER BY (generation, tenant, kind, at, order_id);

-- What was placed and given back, item by item: a product in a category.
CREATE TABLE IF NOT EXISTS line (
  generation     UInt64,
  tenant         String,
  kind           UInt8,
  at             Int64,
  order_id       FixedString(16),
  product        FixedString(16),
  category       String,
  customer       FixedString(16),
  document       UInt8,
  units          Int64,
  amount         Int64,
  is_record      UInt8,
  product_first  UInt8,  -- 1 on one of the order's lines of the product: added up, they count orders
  category_first UInt8,  -- likewise of the category
  precedence     UInt64
) ENGINE = ReplacingMergeTree(precedence)
PARTITION BY generation ORDER BY (generation, tenant, kind, at, order_id, product, category);

-- Orders that were their customer's first as far as was known when they came; the earliest of them is.
CREATE TABLE IF NOT EXISTS first_order (
  generation UInt64,
  tenant     String,
  customer   FixedString(16),
  at         Int64,
  order_id   FixedString(16),
  precedence UInt64
) ENGINE = ReplacingMergeTree(precedence)
PARTITION BY generation ORDER BY (generation, tenant, customer, at, order_id) SETTINGS index_granularity = 2048;

-- Each name that a product has had, and when it had it last.
CREATE TABLE IF NOT EXISTS product_name (
  generation UInt64,
  tenant     String,
  product    FixedString(16),
  name       String,
  named_at   UInt64
) ENGINE = ReplacingMergeTree(named_at)
PARTITION BY generation ORDER BY (generation, tenant, product, name) SETTINGS index_granularity = 1024;

-- Written after the rows of a batch: everything up to the highest position is there. A row of no tenant says only that.
CREATE TABLE IF NOT EXISTS progress (
  generation    UInt64,
  tenant        String,
  position      UInt64,
  last_event_at Int64
) ENGINE = ReplacingMergeTree(position)
PARTITION BY generation ORDER BY (generation, tenant);

-- revision: each attempt makes a new one, and so does the end, when the event was added up after all.
CREATE TABLE IF NOT EXISTS dead_letter (
  generation UInt64,
  position   Int64,
  tenant     String,
  event      String,
  reason     String,
  attempts   Int64,
  settled    UInt8,
  event_at   Int64,
  revision   UInt64
) ENGINE = ReplacingMergeTree(revision)
PARTITION BY generation ORDER BY (generation, position);

-- The generation with the highest ordinal is asked; 1 before the first switch.
CREATE TABLE IF NOT EXISTS switch (
  ordinal    UInt64,
  generation UInt64
) ENGINE = MergeTree ORDER BY (ordinal, generation);

-- Generations that are being built, and until when (Unix seconds) they are if nothing more is heard of them.
CREATE TABLE IF NOT EXISTS rebuild (
  generation  UInt64,
  revision    UInt64,
  alive_until UInt64
) ENGINE = ReplacingMergeTree(revision) ORDER BY generation;
