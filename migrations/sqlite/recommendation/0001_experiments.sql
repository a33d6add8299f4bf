-- Experiments with recommenders: the plans, and sums for each subject that feedback and orders are added to. Amounts are
-- minor units, times are Unix milliseconds, percent in hundredths.

CREATE TABLE progress (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL    -- of the event log, that orders are applied up to
) STRICT;

-- Numbers are small, because every subject's key begins with one.
CREATE TABLE experiment (
  number        INTEGER PRIMARY KEY,
  tenant        TEXT    NOT NULL,
  experiment_id BLOB    NOT NULL,
  name          TEXT    NOT NULL,
  placement     TEXT    NOT NULL,
  kind          INTEGER NOT NULL,   -- 0 ab, 1 interleaving
  status        INTEGER NOT NULL,   -- 0 draft, 1 running, 2 stopped
  bucket_key    BLOB    NOT NULL,
  seal_key      BLOB    NOT NULL,
  starts_at     INTEGER,
  ends_at       INTEGER,
  window_days   INTEGER NOT NULL,
  metric        INTEGER NOT NULL,   -- 0 conversion, 1 revenue per customer, 2 click-through
  expected_lift   INTEGER NOT NULL,
  negligible_lift INTEGER NOT NULL,
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  stopped_at    INTEGER,
  stop_reason   INTEGER,            -- 0 staff, 1 ended, 2 guardrail
  subjects      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, experiment_id)
) STRICT;
CREATE UNIQUE INDEX experiment_running ON experiment (tenant, placement) WHERE status = 1;

CREATE TABLE variant (
  experiment INTEGER NOT NULL,
  place      INTEGER NOT NULL,
  name       TEXT    NOT NULL,
  algorithm  TEXT    NOT NULL,
  weight     INTEGER NOT NULL,
  is_control INTEGER NOT NULL,
  PRIMARY KEY (experiment, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE guardrail (
  experiment INTEGER NOT NULL,
  place      INTEGER NOT NULL,
  metric     INTEGER NOT NULL,
  max_drop   INTEGER NOT NULL,
  stops      INTEGER NOT NULL,
  PRIMARY KEY (experiment, place)
) STRICT, WITHOUT ROWID;

-- first_… and second_…: the part of it that either of two interleaved variants is credited with.
CREATE TABLE subject (
  experiment    INTEGER NOT NULL,
  subject_id    BLOB    NOT NULL,
  is_customer   INTEGER NOT NULL,   -- else the id is of a visitor
  variant       INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  impressions   INTEGER NOT NULL,
  orders        INTEGER NOT NULL,
  revenue       INTEGER NOT NULL,
  clicks        INTEGER NOT NULL,
  bought_lines  INTEGER NOT NULL,
  click_revenue INTEGER NOT NULL,
  first_clicks        INTEGER NOT NULL,
  first_bought_lines  INTEGER NOT NULL,
  first_click_revenue INTEGER NOT NULL,
  second_clicks        INTEGER NOT NULL,
  second_bought_lines  INTEGER NOT NULL,
  second_click_revenue INTEGER NOT NULL,
  preferred_click INTEGER,          -- whose the first click was that anyone is credited with: 0 the first's, 1 the second's
  preferred_buy   INTEGER,
  PRIMARY KEY (experiment, subject_id, is_customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE clicked_product (
  experiment  INTEGER NOT NULL,
  subject_id  BLOB    NOT NULL,     -- of a customer: visitors cannot order
  product_id  BLOB    NOT NULL,
  team        INTEGER NOT NULL,     -- 0 the first variant's, 1 the second's, 2 nobody's
  clicked_at  INTEGER NOT NULL,     -- the last time
  PRIMARY KEY (experiment, subject_id, product_id)
) STRICT, WITHOUT ROWID;

-- What an order has added to its customer's sums, for as long as it can be cancelled.
CREATE TABLE counted_order (
  experiment    INTEGER NOT NULL,
  subject_id    BLOB    NOT NULL,
  order_id      BLOB    NOT NULL,
  revenue       INTEGER NOT NULL,
  bought_lines  INTEGER NOT NULL,
  click_revenue INTEGER NOT NULL,
  first_bought_lines  INTEGER NOT NULL,
  first_click_revenue INTEGER NOT NULL,
  second_bought_lines  INTEGER NOT NULL,
  second_click_revenue INTEGER NOT NULL,
  PRIMARY KEY (experiment, subject_id, order_id)
) STRICT, WITHOUT ROWID;

-- Impressions that have been seen, so that they are not counted again. By time: the oldest expire first.
CREATE TABLE seen_impression (
  answered_at  INTEGER NOT NULL,
  nonce        INTEGER NOT NULL,
  experiment   INTEGER NOT NULL,
  clicked_low  INTEGER NOT NULL DEFAULT 0,  -- a bit for each place in its list, 0 to 49
  clicked_high INTEGER NOT NULL DEFAULT 0,  -- 50 to 99
  PRIMARY KEY (answered_at, nonce, experiment)
) STRICT, WITHOUT ROWID;
