-- Times are Unix milliseconds, amounts minor units; words are those of the HTTP contract. Texts compare by their bytes.

CREATE TABLE orders(
  tenant           text   COLLATE "C" NOT NULL,
  id               uuid   NOT NULL,
  user_id          uuid   NOT NULL,  -- all zero: an imported sale without a known customer
  kind             text   COLLATE "C" NOT NULL CHECK (kind IN ('sale', 'credit_note')),
  status           text   COLLATE "C" NOT NULL
                   CHECK (status IN ('pending', 'confirmed', 'processing', 'shipped', 'delivered', 'cancelled')),
  payment_status   text   COLLATE "C" NOT NULL CHECK (payment_status IN ('pending', 'paid', 'refunded')),
  total            bigint NOT NULL CHECK (total >= 0),
  currency         text   COLLATE "C" NOT NULL,
  shipping_address text   COLLATE "C" NOT NULL,
  created_at       bigint NOT NULL,
  updated_at       bigint NOT NULL,
  cancelled_at     bigint,
  version          bigint NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX orders_of_user ON orders(tenant, user_id, id);
CREATE INDEX orders_by_status ON orders(tenant, status, id);
-- Ids tell when orders were made, but imports that were moved to another time keep theirs.
CREATE INDEX orders_by_time ON orders(tenant, created_at, id);

-- Written with its order by one statement and never changed, so that no key back to the order needs to be checked.
CREATE TABLE order_line(
  tenant        text    COLLATE "C" NOT NULL,
  order_id      uuid    NOT NULL,
  line          integer NOT NULL,  -- 1, 2, ...
  product_id    uuid    NOT NULL,
  product_name  text    COLLATE "C" NOT NULL,
  category_name text    COLLATE "C" NOT NULL,
  quantity      bigint  NOT NULL CHECK (quantity > 0),
  price         bigint  NOT NULL,
  subtotal      bigint  NOT NULL,
  PRIMARY KEY (tenant, order_id, line)
);

-- The log of events. An event repeats what its order says, and an order's lines, amounts and customer never change: the
-- log keeps only what the order does not know.
CREATE TABLE order_event(
  position    bigint  PRIMARY KEY,  -- (number of the transaction + log_base) * 2^20 + number within the transaction
  tenant      text    COLLATE "C" NOT NULL,
  order_id    uuid    NOT NULL,
  version     bigint  NOT NULL,
  event_id    uuid    NOT NULL,
  status      text    COLLATE "C" NOT NULL,  -- the order's, after the event
  occurred_at bigint  NOT NULL,
  traceparent text    COLLATE "C" NOT NULL,
  has_lines   boolean NOT NULL,              -- it tells the order's lines
  UNIQUE (tenant, order_id, version)
);

-- Added to the numbers of transactions, so that positions go on upwards when the tables have been restored on a server
-- whose numbers are lower.
CREATE TABLE log_base(
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  base    bigint  NOT NULL
);
INSERT INTO log_base(base) VALUES (0);

-- How far the log has been compacted.
CREATE TABLE log_compaction(
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  position bigint  NOT NULL
);
INSERT INTO log_compaction(position) VALUES (0);

-- Ids under which there is no order and never will be one: their stock has gone back.
CREATE TABLE closed_order(
  tenant    text   COLLATE "C" NOT NULL,
  order_id  uuid   NOT NULL,
  closed_at bigint NOT NULL,
  PRIMARY KEY (tenant, order_id)
);
CREATE INDEX closed_order_by_time ON closed_order(closed_at);

-- Every key is written twice, when it is claimed and with its order; with room on its page the second is no work for the
-- indexes.
CREATE TABLE idempotency_key(
  tenant      text    COLLATE "C" NOT NULL,
  user_id     uuid    NOT NULL,
  route       text    COLLATE "C" NOT NULL,
  key         text    COLLATE "C" NOT NULL,
  fingerprint bytea   NOT NULL,  -- SHA-256 of the request
  order_id    uuid    NOT NULL,
  claim       uuid    NOT NULL,  -- the attempt that holds it
  held_until  bigint  NOT NULL,
  expires_at  bigint  NOT NULL,
  completed   boolean NOT NULL,  -- the order is there
  PRIMARY KEY (tenant, user_id, route, key)
) WITH (fillfactor = 60);
CREATE INDEX idempotency_key_by_expiry ON idempotency_key(expires_at);
