-- Experiments with recommenders: the plans, and sums for each subject that feedback and orders are added to; and how well
-- models foretold orders. Amounts are minor units, times are Unix milliseconds, percent in hundredths. Texts compare by
-- their bytes.

-- How far orders are applied; NULL before the first.
CREATE TABLE progress(
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  position bigint
);
INSERT INTO progress(position) VALUES (NULL);

-- Whoever changes what subjects of an experiment add up to locks its row: feedback and orders come one after the other.
-- With room on its page a new version of the row is no work for the indexes.
CREATE TABLE experiment(
  number          bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- every subject's key begins with it
  tenant          text     COLLATE "C" NOT NULL,
  experiment_id   uuid     NOT NULL,
  name            text     COLLATE "C" NOT NULL,
  placement       text     COLLATE "C" NOT NULL,
  kind            smallint NOT NULL,  -- 0 ab, 1 interleaving
  status          smallint NOT NULL,  -- 0 draft, 1 running, 2 stopped
  bucket_key      bytea    NOT NULL,
  seal_key        bytea    NOT NULL,
  starts_at       bigint,
  ends_at         bigint,
  window_days     bigint   NOT NULL,
  metric          smallint NOT NULL,  -- 0 conversion, 1 revenue per customer, 2 click-through
  expected_lift   bigint   NOT NULL,
  negligible_lift bigint   NOT NULL,
  created_at      bigint   NOT NULL,
  started_at      bigint,
  stopped_at      bigint,
  stop_reason     smallint,           -- 0 staff, 1 ended, 2 guardrail
  subjects        bigint   NOT NULL DEFAULT 0,
  -- A plan is written once and read as a whole, so its parts are values of the row:
  variants        text     COLLATE "C" NOT NULL,  -- [[name, algorithm, weight, is control], …]
  guardrails      text     COLLATE "C" NOT NULL,  -- [[metric, greatest drop, stops], …]
  UNIQUE (tenant, experiment_id)
) WITH (fillfactor = 60);
CREATE UNIQUE INDEX experiment_running ON experiment(tenant, placement) WHERE status = 1;

-- first_… and second_…: the part of it that either of two interleaved variants is credited with.
CREATE TABLE subject(
  experiment    bigint   NOT NULL,   -- its number
  subject_id    uuid     NOT NULL,
  is_customer   boolean  NOT NULL,   -- else the id is of a visitor
  variant       bigint   NOT NULL,
  first_seen_at bigint   NOT NULL,
  impressions   bigint   NOT NULL,
  orders        bigint   NOT NULL,
  revenue       bigint   NOT NULL,
  clicks        bigint   NOT NULL,
  bought_lines  bigint   NOT NULL,
  click_revenue bigint   NOT NULL,
  first_clicks        bigint NOT NULL,
  first_bought_lines  bigint NOT NULL,
  first_click_revenue bigint NOT NULL,
  second_clicks        bigint NOT NULL,
  second_bought_lines  bigint NOT NULL,
  second_click_revenue bigint NOT NULL,
  preferred_click smallint,          -- whose the first click was that anyone is credited with: 0 the first's, 1 the second's
  preferred_buy   smallint,
  PRIMARY KEY (experiment, subject_id, is_customer)
) WITH (fillfactor = 70);

CREATE TABLE clicked_product(
  experiment bigint   NOT NULL,
  subject_id uuid     NOT NULL,      -- of a customer: visitors cannot order
  product_id uuid     NOT NULL,
  team       smallint NOT NULL,      -- 0 the first variant's, 1 the second's, 2 nobody's
  clicked_at bigint   NOT NULL,      -- the last time
  PRIMARY KEY (experiment, subject_id, product_id)
);

-- What an order has added to its customer's sums, for as long as it can be cancelled.
CREATE TABLE counted_order(
  experiment    bigint NOT NULL,
  subject_id    uuid   NOT NULL,
  order_id      uuid   NOT NULL,
  revenue       bigint NOT NULL,
  bought_lines  bigint NOT NULL,
  click_revenue bigint NOT NULL,
  first_bought_lines  bigint NOT NULL,
  first_click_revenue bigint NOT NULL,
  second_bought_lines  bigint NOT NULL,
  second_click_revenue bigint NOT NULL,
  PRIMARY KEY (experiment, subject_id, order_id)
);

-- Impressions that have been seen, so that they are not counted again. By time: the oldest expire first.
CREATE TABLE seen_impression(
  answered_at  bigint NOT NULL,
  nonce        bigint NOT NULL,
  experiment   bigint NOT NULL,
  clicked_low  bigint NOT NULL,      -- a bit for each place in its list, 0 to 49
  clicked_high bigint NOT NULL,      -- 50 to 99
  PRIMARY KEY (answered_at, nonce, experiment)
);

-- How well the models foretold orders before they learnt from them, summed by day (days since 1970, UTC) and task.
CREATE TABLE quality(
  tenant        text   COLLATE "C" NOT NULL,
  day           bigint NOT NULL,
  task          text   COLLATE "C" NOT NULL,
  cases         bigint NOT NULL,
  hits          bigint NOT NULL,
  gain          double precision NOT NULL,  -- sum of NDCG@10
  baseline_hits bigint NOT NULL,            -- of the plain list of best sellers on the same cases
  baseline_gain double precision NOT NULL,
  discordant    bigint NOT NULL,            -- cases that one of the two hit and the other did not
  PRIMARY KEY (tenant, day, task)
);
