-- Alerts: what is watched, how it stands, what was said about it and what of that is still to be delivered. Times are
-- Unix milliseconds, figures are in units of the metric's last decimal, percent in hundredths. Nothing here comes from
-- the event log: it is kept when figures are built anew.

CREATE TABLE alert_rule (
  tenant     TEXT    NOT NULL,
  alert_id   BLOB    NOT NULL,
  name       TEXT    NOT NULL,
  metric     TEXT    NOT NULL,
  selections TEXT    NOT NULL,   -- JSON, as in requests
  window_minutes    INTEGER NOT NULL,
  cool_down_minutes INTEGER NOT NULL,
  -- the condition
  way         INTEGER NOT NULL,  -- of a threshold 0 above, 1 below; of a change 0 up, 1 down, 2 either
  level       INTEGER NOT NULL,  -- the threshold, or the change in percent
  clear_level INTEGER NOT NULL,
  baseline_window  INTEGER,      -- of a change: 0 the window before, 1 a week earlier; NULL: a threshold
  minimum_baseline INTEGER,
  enabled    INTEGER NOT NULL,
  webhook_url    TEXT,
  webhook_secret TEXT,           -- signs requests, so it has to be kept as it is
  version    INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- the state
  firing     INTEGER NOT NULL,
  changed_at INTEGER,
  fired_at   INTEGER,
  incident   BLOB,
  changes    INTEGER NOT NULL,
  PRIMARY KEY (tenant, alert_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_event (
  number     INTEGER PRIMARY KEY AUTOINCREMENT,  -- in order of recording
  tenant     TEXT    NOT NULL,
  event_id   BLOB    NOT NULL,
  alert_id   BLOB    NOT NULL,
  alert_name TEXT    NOT NULL,
  change     INTEGER NOT NULL,   -- 0 fired, 1 resolved
  reason     INTEGER NOT NULL,
  incident   BLOB    NOT NULL,
  metric     TEXT    NOT NULL,
  value      INTEGER,
  baseline   INTEGER,
  way        INTEGER NOT NULL,   -- the condition, as in alert_rule
  level      INTEGER NOT NULL,
  clear_level INTEGER NOT NULL,
  baseline_window  INTEGER,
  minimum_baseline INTEGER,
  window_minutes INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  -- the delivery; NULL: the rule had no webhook
  delivery   INTEGER,            -- 0 pending, 1 delivered, 2 given up, 3 withdrawn
  attempts   INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  last_error TEXT NOT NULL DEFAULT '',
  UNIQUE (tenant, event_id)
) STRICT;
CREATE INDEX alert_event_by_tenant ON alert_event (tenant, number);
CREATE INDEX alert_event_by_alert ON alert_event (tenant, alert_id, number);
CREATE INDEX alert_event_due ON alert_event (next_attempt_at, number) WHERE delivery = 0;
CREATE INDEX alert_event_waiting ON alert_event (tenant, alert_id, next_attempt_at, number) WHERE delivery = 0;
