-- Orders of some days: ids tell when they were made, but imports that were moved to another time keep theirs.
CREATE INDEX orders_by_time ON orders(tenant, created_at, id);
