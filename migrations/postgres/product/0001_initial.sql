-- Products, their stock, and the reservations that orders hold. Times are Unix milliseconds, money is minor units. Texts
-- compare by their bytes, whatever the database's collation is.
CREATE TABLE product(
  number      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- by which the other tables know it
  tenant      text    COLLATE "C" NOT NULL,
  id          uuid    NOT NULL,
  name        text    COLLATE "C" NOT NULL,
  name_key    text    COLLATE "C" NOT NULL,  -- what names are ordered by
  description text    COLLATE "C",
  price       bigint  NOT NULL CHECK (price >= 0),
  category    text    COLLATE "C",
  image_url   text    COLLATE "C",
  sku         text    COLLATE "C",
  is_active   boolean NOT NULL,
  created_at  bigint  NOT NULL,
  updated_at  bigint  NOT NULL
);
CREATE UNIQUE INDEX product_by_id ON product(tenant, id);
CREATE UNIQUE INDEX product_by_sku ON product(tenant, sku) WHERE sku IS NOT NULL;

-- One index for each order of the list. The number lets a deep page be found without the rows.
CREATE INDEX product_by_created_at ON product(tenant, created_at, id) INCLUDE (number) WHERE is_active;
CREATE INDEX product_by_name ON product(tenant, name_key, id) INCLUDE (number) WHERE is_active;
CREATE INDEX product_by_price ON product(tenant, price, id) INCLUDE (number) WHERE is_active;
CREATE INDEX product_by_category ON product(tenant, category, created_at, id) INCLUDE (number, price) WHERE is_active;

-- What products are found by, folded. Apart from product, because a search reads all of it.
CREATE TABLE product_text(
  product bigint PRIMARY KEY,            -- product.number
  tenant  text   COLLATE "C" NOT NULL,
  folded  text   COLLATE "C" NOT NULL
);

-- How many active products each category has, so that nobody has to count them for a list. Without a name: those
-- without a category.
CREATE TABLE category_size(
  tenant text   COLLATE "C" NOT NULL,
  name   text   COLLATE "C",
  active bigint NOT NULL
);
CREATE UNIQUE INDEX category_size_by_name ON category_size(tenant, coalesce('=' || name, ''));

-- Every order writes here: the rows are small, no index has what changes, and pages keep room, so that a new version of a
-- row stays on its page and no index hears of it.
CREATE TABLE stock(
  product   bigint PRIMARY KEY,          -- product.number
  available bigint NOT NULL CHECK (available >= 0),
  reserved  bigint NOT NULL CHECK (reserved >= 0),
  sold      bigint NOT NULL CHECK (sold >= 0),
  movements bigint NOT NULL              -- the sequence of the newest movement
) WITH (fillfactor = 60);

-- The ledger: initial and adjust (which may be negative) change how many units there are, the others move them.
CREATE TABLE stock_movement(
  product  bigint NOT NULL,              -- product.number
  sequence bigint NOT NULL,              -- 1, 2, … within the product, without gaps
  kind     text   COLLATE "C" NOT NULL,  -- initial, adjust, reserve, sell, release, take_back
  delta    bigint NOT NULL CHECK (delta >= 0 OR kind = 'adjust'),
  order_id uuid,
  reason   text   COLLATE "C",
  actor    uuid,                         -- the user who did it
  moved_at bigint NOT NULL,
  PRIMARY KEY (product, sequence)
);

-- An adjustment that was asked for with a key: what was asked, and what was answered.
CREATE TABLE stock_adjustment_key(
  tenant     text   COLLATE "C" NOT NULL,
  user_id    uuid   NOT NULL,
  key        text   COLLATE "C" NOT NULL,
  request    text   COLLATE "C" NOT NULL,
  available  bigint NOT NULL,
  reserved   bigint NOT NULL,
  sold       bigint NOT NULL,
  movement   bigint,                     -- the sequence of the movement it made, if any
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant, user_id, key)
);
CREATE INDEX stock_adjustment_key_by_expiry ON stock_adjustment_key(expires_at);

-- A reservation's lines are written once and read as a whole, so they are a value of its row:
-- [[product id, product.number, name, category, price, quantity], …] in the order they were asked for.
CREATE TABLE reservation(
  tenant      text    COLLATE "C" NOT NULL,
  order_id    uuid    NOT NULL,
  state       text    COLLATE "C" NOT NULL CHECK (state IN ('reserved', 'sold', 'released')),
  created_at  bigint  NOT NULL,
  updated_at  bigint  NOT NULL,
  order_known boolean NOT NULL DEFAULT false,  -- the order service has said that there is an order for it
  lines       text    COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, order_id)
);
-- One that stays without an order is abandoned; the index holds the few that are still to be asked about.
CREATE INDEX reservation_unsettled ON reservation(created_at) WHERE state = 'reserved' AND NOT order_known;

-- Changes are numbered by transaction ids above this base, in its only row. `server` is the one that the ids are of: a
-- database that comes to another one, whose ids may be younger, gets a base above all numbers there were.
CREATE TABLE change_base(
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  base    bigint  NOT NULL,
  server  text    COLLATE "C" NOT NULL
);
INSERT INTO change_base(base, server) VALUES (0, '');

-- How far the order log has been applied.
CREATE TABLE followed_log(
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  position bigint  NOT NULL
);
INSERT INTO followed_log(position) VALUES (0);
