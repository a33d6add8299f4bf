-- Ids under which there is no order and never will be one: their stock has gone back.
CREATE TABLE closed_order(
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL,
  closed_at INTEGER NOT NULL,
  PRIMARY KEY(tenant, order_id)
) WITHOUT ROWID;
CREATE INDEX closed_order_by_time ON closed_order(closed_at);
