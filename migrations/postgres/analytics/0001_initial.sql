-- Alerts: what is watched, how it stands, what was said about it and what of that is still to be delivered. Times are Unix
-- milliseconds, figures are in units of the metric's last decimal, percent in hundredths. Texts compare by their bytes.

CREATE TABLE alert_rule(
  tenant            text     COLLATE "C" NOT NULL,
  alert_id          uuid     NOT NULL,
  name              text     COLLATE "C" NOT NULL,
  metric            text     COLLATE "C" NOT NULL,
  selections        text     COLLATE "C" NOT NULL,  -- JSON, as in requests
  window_minutes    bigint   NOT NULL,
  cool_down_minutes bigint   NOT NULL,
  -- the condition
  way               smallint NOT NULL,  -- of a threshold 0 above, 1 below; of a change 0 up, 1 down, 2 either
  level             bigint   NOT NULL,  -- the threshold, or the change in percent
  clear_level       bigint   NOT NULL,
  baseline_window   smallint,           -- of a change: 0 the window before, 1 a week earlier; NULL: a threshold
  minimum_baseline  bigint,
  enabled           boolean  NOT NULL,
  webhook_url       text     COLLATE "C",
  webhook_secret    text     COLLATE "C",  -- signs requests, so it has to be kept as it is
  version           bigint   NOT NULL,
  created_at        bigint   NOT NULL,
  updated_at        bigint   NOT NULL,
  -- the state
  firing            boolean  NOT NULL DEFAULT false,
  changed_at        bigint,
  fired_at          bigint,
  incident          uuid,
  changes           bigint   NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, alert_id)
);

CREATE TABLE alert_event(
  number           bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- in order of recording
  tenant           text     COLLATE "C" NOT NULL,
  event_id         uuid     NOT NULL,
  alert_id         uuid     NOT NULL,
  alert_name       text     COLLATE "C" NOT NULL,
  change           smallint NOT NULL,  -- 0 fired, 1 resolved
  reason           smallint NOT NULL,
  incident         uuid     NOT NULL,
  metric           text     COLLATE "C" NOT NULL,
  value            bigint,
  baseline         bigint,
  way              smallint NOT NULL,  -- the condition, as in alert_rule
  level            bigint   NOT NULL,
  clear_level      bigint   NOT NULL,
  baseline_window  smallint,
  minimum_baseline bigint,
  window_minutes   bigint   NOT NULL,
  at               bigint   NOT NULL,
  position         bigint   NOT NULL,
  -- the delivery; NULL: the rule had no webhook
  delivery         smallint,           -- 0 pending, 1 delivered, 2 given up, 3 withdrawn
  attempts         bigint   NOT NULL DEFAULT 0,
  next_attempt_at  bigint,
  last_attempt_at  bigint,
  last_error       text     COLLATE "C" NOT NULL DEFAULT '',
  held_until       bigint,             -- whoever makes an attempt holds the delivery meanwhile
  UNIQUE (tenant, event_id)
);
CREATE INDEX alert_event_by_tenant ON alert_event(tenant, number);
CREATE INDEX alert_event_by_alert ON alert_event(tenant, alert_id, number);
CREATE INDEX alert_event_by_time ON alert_event(at);
CREATE INDEX alert_event_due ON alert_event(next_attempt_at, number) WHERE delivery = 0;
CREATE INDEX alert_event_waiting ON alert_event(tenant, alert_id, next_attempt_at, number) WHERE delivery = 0;

-- Which process does what one of several has to do.
CREATE TABLE lease(
  name       text        COLLATE "C" PRIMARY KEY,
  holder     uuid        NOT NULL,
  expires_at timestamptz NOT NULL
);
