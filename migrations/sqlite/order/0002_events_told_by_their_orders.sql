-- An event repeats what its order says, and an order's lines, amounts and customer never change: the log keeps only
-- what the order does not know, and tells the rest from the order's own rows. The newest row is never removed, so
-- max(position) + 1 is never given twice and AUTOINCREMENT, which writes a second row each time, is not needed.

CREATE TABLE outbox_slim(
  position INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  order_id BLOB NOT NULL,
  version INTEGER NOT NULL,
  event_id BLOB NOT NULL,
  status TEXT NOT NULL,                 -- the order's, after the event
  occurred_at INTEGER NOT NULL,
  traceparent TEXT NOT NULL
);
INSERT INTO outbox_slim(position, tenant, order_id, version, event_id, status, occurred_at, traceparent)
SELECT position, tenant, order_id, version, uuid_bytes(event ->> '$.eventId'), event ->> '$.status',
       CAST(round((julianday(event ->> '$.timestamp') - 2440587.5) * 86400000) AS INTEGER),
       coalesce(event ->> '$.traceparent', '')
FROM outbox ORDER BY position;
DROP TABLE outbox;
ALTER TABLE outbox_slim RENAME TO outbox;
CREATE UNIQUE INDEX outbox_of_order ON outbox(tenant, order_id, version);

-- How far the log has been compacted.
CREATE TABLE outbox_compaction(
  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),
  position INTEGER NOT NULL
);
INSERT INTO outbox_compaction VALUES(1, 0);
