#include "adapters/sqlite/analytics/alert_rows.h"

#include <fmt/format.h>

#include "analytics/domain/selection_json.h"
#include "core/json_reader.h"

namespace cloudcart::analytics {
namespace {

using sqlite::Connection;
using sqlite::Statement;

constexpr std::string_view rule_columns =
    "tenant, alert_id, name, metric, selections, window_minutes, cool_down_minutes, enabled, webhook_url, "
    "webhook_secret, version, created_at, updated_at, firing, changed_at, fired_at, incident, changes, way, "
    "level, clear_level, baseline_window, minimum_baseline";
constexpr int rule_condition_column = 18;

constexpr std::string_view event_columns =
    "e.event_id, e.alert_id, e.alert_name, e.change, e.reason, e.incident, e.metric, e.value, e.baseline, "
    "e.window_minutes, e.at, e.position, e.delivery, e.attempts, e.next_attempt_at, e.last_attempt_at, "
    "e.last_error, e.way, e.level, e.clear_level, e.baseline_window, e.minimum_baseline";
constexpr int event_condition_column = 17;
constexpr int event_column_count = 22;

/// A condition as its five columns.
struct ConditionRow {
  int way = 0;
  std::int64_t level = 0, clear_level = 0;
  std::optional<std::int64_t> baseline_window, minimum_baseline;
};

ConditionRow row_of(const AlertCondition& condition) {
  if (const auto* threshold = std::get_if<Threshold>(&condition))
    return {static_cast<int>(threshold->side), threshold->value, threshold->clear_at, {}, {}};
  const auto& change = std::get<SuddenChange>(condition);
  return {static_cast<int>(change.direction), change.percent, change.clear_percent,
          static_cast<std::int64_t>(change.baseline), change.minimum_baseline};
}

AlertCondition condition_at(const Statement& row, int column) {
  const auto way = row.integer(column), level = row.integer(column + 1),
             clear_level = row.integer(column + 2);
  if (row.is_null(column + 3)) return Threshold{static_cast<Side>(way), level, clear_level};
  return SuddenChange{static_cast<Direction>(way), level, clear_level,
                      static_cast<Baseline>(row.integer(column + 3)), row.integer(column + 4)};
}

void bind_condition(Statement& statement, const ConditionRow& row) {
  statement.bind_all(row.way, row.level, row.clear_level, row.baseline_window, row.minimum_baseline);
}

std::string selections_text(const std::vector<Selection>& selections) {
  JsonWriter json;
  json.begin_object();
  write_selections(json, "filters", selections);
  json.end_object();
  return std::move(json).str();
}

std::vector<Selection> parse_selections(std::string_view text) {
  std::vector<FieldError> errors;
  const auto value = parse_json(text).value();
  return read_selections(value.at("filters").as_array(), "filters", errors);
}

std::optional<Timestamp> optional_time(const Statement& row, int column) {
  return row.optional_integer(column).transform(from_unix_ms);
}

/// Columns count from the first of rule_columns.
WatchedRule watched_rule(const Statement& row) {
  WatchedRule watched;
  auto& [tenant, rule, state] = watched;
  tenant.value = row.string(0);
  rule.id = row.id<AlertId>(1);
  rule.name = row.string(2);
  rule.metric = parse_metric(row.text(3)).value();
  rule.selections = parse_selections(row.text(4));
  rule.window = std::chrono::minutes{row.integer(5)};
  rule.cool_down = std::chrono::minutes{row.integer(6)};
  rule.enabled = row.boolean(7);
  if (!row.is_null(8)) rule.webhook = Webhook{row.string(8), row.string(9)};
  rule.version = row.integer(10);
  rule.created_at = row.timestamp(11);
  rule.updated_at = row.timestamp(12);
  state.firing = row.boolean(13);
  state.changed_at = optional_time(row, 14);
  state.fired_at = optional_time(row, 15);
  if (!row.is_null(16)) state.incident = row.id<AlertEventId>(16);
  state.changes = row.integer(17);
  rule.condition = condition_at(row, rule_condition_column);
  return watched;
}

std::vector<WatchedRule> all_rules(Statement rows) {
  std::vector<WatchedRule> rules;
  while (rows.step()) rules.push_back(watched_rule(rows));
  return rules;
}

/// Columns count from the first of event_columns.
RecordedEvent recorded_event(const Statement& row) {
  RecordedEvent recorded;
  auto& [event, delivery] = recorded;
  event.id = row.id<AlertEventId>(0);
  event.alert = row.id<AlertId>(1);
  event.alert_name = row.string(2);
  event.change = static_cast<AlertChange>(row.integer(3));
  event.reason = static_cast<AlertReason>(row.integer(4));
  event.incident = row.id<AlertEventId>(5);
  event.metric = parse_metric(row.text(6)).value();
  event.reading = {row.optional_integer(7), row.optional_integer(8)};
  event.window = std::chrono::minutes{row.integer(9)};
  event.at = row.timestamp(10);
  event.position = row.integer(11);
  if (!row.is_null(12))
    delivery = AlertDelivery{static_cast<DeliveryStatus>(row.integer(12)), static_cast<int>(row.integer(13)),
                             optional_time(row, 14), optional_time(row, 15), row.string(16)};
  event.condition = condition_at(row, event_condition_column);
  return recorded;
}

void keep_newest(Connection& connection, const TenantId& tenant, std::size_t kept) {
  connection
      .prepare(
          "DELETE FROM alert_event WHERE number <= (SELECT number FROM alert_event WHERE tenant = ?1 "
          "ORDER BY number DESC LIMIT 1 OFFSET ?2) AND tenant = ?1")
      .bind_all(tenant.value, static_cast<std::int64_t>(kept))
      .run();
}

}  // namespace

std::size_t count_rules(Connection& connection, const TenantId& tenant) {
  auto row = connection.prepare("SELECT count(*) FROM alert_rule WHERE tenant = ?");
  row.bind(tenant.value).step();
  return static_cast<std::size_t>(row.integer(0));
}

bool insert_rule(Connection& connection, const TenantId& tenant, const AlertRule& rule) {
  const auto selections = selections_text(rule.selections);
  auto insert = connection.prepare(
      "INSERT OR IGNORE INTO alert_rule(tenant, alert_id, name, metric, selections, window_minutes, "
      "cool_down_minutes, enabled, webhook_url, webhook_secret, version, created_at, updated_at, way, level, "
      "clear_level, baseline_window, minimum_baseline, firing, changes) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)");
  insert.bind_all(tenant.value, rule.id, rule.name, definition_of(rule.metric).name, selections,
                  std::int64_t{rule.window.count()}, std::int64_t{rule.cool_down.count()}, rule.enabled);
  if (rule.webhook) {
    insert.bind_all(rule.webhook->url, rule.webhook->secret);
  } else {
    insert.bind_null().bind_null();
  }
  insert.bind_all(rule.version, rule.created_at, rule.updated_at);
  bind_condition(insert, row_of(rule.condition));
  insert.run();
  return connection.changes() > 0;
}

void update_rule(Connection& connection, const WatchedRule& watched) {
  const auto& [tenant, rule, state] = watched;
  const auto selections = selections_text(rule.selections);
  auto update = connection.prepare(
      "UPDATE alert_rule SET name = ?, metric = ?, selections = ?, window_minutes = ?, cool_down_minutes = "
      "?, "
      "enabled = ?, webhook_url = ?, webhook_secret = ?, version = ?, updated_at = ?, firing = ?, "
      "changed_at = ?, fired_at = ?, incident = ?, changes = ?, way = ?, level = ?, clear_level = ?, "
      "baseline_window = ?, minimum_baseline = ? WHERE tenant = ? AND alert_id = ?");
  update.bind_all(rule.name, definition_of(rule.metric).name, selections, std::int64_t{rule.window.count()},
                  std::int64_t{rule.cool_down.count()}, rule.enabled);
  if (rule.webhook) {
    update.bind_all(rule.webhook->url, rule.webhook->secret);
  } else {
    update.bind_null().bind_null();
  }
  update.bind_all(rule.version, rule.updated_at, state.firing, state.changed_at, state.fired_at,
                  state.incident, state.changes);
  bind_condition(update, row_of(rule.condition));
  update.bind_all(tenant.value, rule.id).run();
}

void delete_rule(Connection& connection, const TenantId& tenant, const AlertId& id) {
  connection.prepare("DELETE FROM alert_rule WHERE tenant = ? AND alert_id = ?")
      .bind_all(tenant.value, id)
      .run();
}

std::optional<WatchedRule> find_rule(Connection& connection, const TenantId& tenant, const AlertId& id) {
  auto row = connection.prepare(
      fmt::format("SELECT {} FROM alert_rule WHERE tenant = ? AND alert_id = ?", rule_columns));
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return watched_rule(row);
}

std::vector<WatchedRule> rules_of(Connection& connection, const TenantId& tenant) {
  auto rows = connection.prepare(
      fmt::format("SELECT {} FROM alert_rule WHERE tenant = ? ORDER BY created_at, alert_id", rule_columns));
  rows.bind(tenant.value);
  return all_rules(std::move(rows));
}

std::vector<WatchedRule> enabled_rules(Connection& connection) {
  return all_rules(connection.prepare(
      fmt::format("SELECT {} FROM alert_rule WHERE enabled = 1 ORDER BY tenant, alert_id", rule_columns)));
}

void insert_event(Connection& connection, const TenantId& tenant, const AlertEvent& event, bool to_webhook,
                  std::size_t kept) {
  auto insert = connection.prepare(
      "INSERT INTO alert_event(tenant, event_id, alert_id, alert_name, change, reason, incident, metric, "
      "value, "
      "baseline, window_minutes, at, position, delivery, next_attempt_at, way, level, clear_level, "
      "baseline_window, minimum_baseline) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?)");
  insert.bind_all(tenant.value, event.id, event.alert, event.alert_name, static_cast<int>(event.change),
                  static_cast<int>(event.reason), event.incident, definition_of(event.metric).name,
                  event.reading.value, event.reading.baseline, std::int64_t{event.window.count()}, event.at,
                  event.position);
  if (to_webhook) {
    insert.bind_all(static_cast<int>(DeliveryStatus::pending), event.at);
  } else {
    insert.bind_null().bind_null();
  }
  bind_condition(insert, row_of(event.condition));
  insert.run();
  keep_newest(connection, tenant, kept);
}

std::vector<RecordedEvent> newest_events(Connection& connection, const TenantId& tenant,
                                         const std::optional<AlertId>& alert, std::int64_t offset,
                                         std::int64_t limit) {
  auto rows = connection.prepare(
      fmt::format("SELECT {} FROM alert_event e WHERE e.tenant = ?{} ORDER BY e.number DESC LIMIT ? OFFSET ?",
                  event_columns, alert ? " AND e.alert_id = ?" : ""));
  rows.bind(tenant.value);
  if (alert) rows.bind(*alert);
  rows.bind_all(limit, offset);
  std::vector<RecordedEvent> events;
  while (rows.step()) events.push_back(recorded_event(rows));
  return events;
}

std::int64_t count_events(Connection& connection, const TenantId& tenant,
                          const std::optional<AlertId>& alert) {
  auto row = connection.prepare(
      fmt::format("SELECT count(*) FROM alert_event WHERE tenant = ?{}", alert ? " AND alert_id = ?" : ""));
  row.bind(tenant.value);
  if (alert) row.bind(*alert);
  row.step();
  return row.integer(0);
}

std::vector<DueDelivery> due_deliveries(Connection& connection, Timestamp until, std::size_t limit) {
  auto rows = connection.prepare(fmt::format(
      "SELECT {}, e.tenant, r.webhook_url, r.webhook_secret FROM alert_event e "
      "JOIN alert_rule r ON r.tenant = e.tenant AND r.alert_id = e.alert_id "
      "WHERE e.delivery = 0 AND e.next_attempt_at <= ? AND NOT EXISTS (SELECT 1 FROM alert_event o "
      "WHERE o.delivery = 0 AND o.tenant = e.tenant AND o.alert_id = e.alert_id "
      "AND (o.next_attempt_at, o.number) < (e.next_attempt_at, e.number)) "
      "ORDER BY e.next_attempt_at, e.number LIMIT ?",
      event_columns));
  rows.bind_all(until, static_cast<std::int64_t>(limit));
  std::vector<DueDelivery> due;
  while (rows.step()) {
    auto recorded = recorded_event(rows);
    due.push_back({TenantId{rows.string(event_column_count)},
                   std::move(recorded.event),
                   *std::move(recorded.delivery),
                   {rows.string(event_column_count + 1), rows.string(event_column_count + 2)}});
  }
  return due;
}

void update_delivery(Connection& connection, const TenantId& tenant, const AlertEventId& event,
                     const AlertDelivery& delivery) {
  connection
      .prepare(
          "UPDATE alert_event SET delivery = ?, attempts = ?, next_attempt_at = ?, last_attempt_at = ?, "
          "last_error = ? WHERE tenant = ? AND event_id = ? AND delivery = 0 AND attempts = ?")
      .bind_all(static_cast<int>(delivery.status), delivery.attempts, delivery.next_attempt_at,
                delivery.last_attempt_at, delivery.last_error, tenant.value, event, delivery.attempts - 1)
      .run();
}

void withdraw_deliveries(Connection& connection, const TenantId& tenant, const AlertId& alert) {
  connection
      .prepare(
          "UPDATE alert_event SET delivery = 3, next_attempt_at = NULL WHERE tenant = ? AND alert_id = ? "
          "AND delivery = 0")
      .bind_all(tenant.value, alert)
      .run();
}

AlertCounts count_alerts(Connection& connection) {
  auto row = connection.prepare(
      "SELECT (SELECT count(*) FROM alert_rule WHERE firing = 1), "
      "(SELECT count(*) FROM alert_event WHERE delivery = 0), "
      "(SELECT count(*) FROM alert_event WHERE delivery = 2)");
  row.step();
  return {row.integer(0), row.integer(1), row.integer(2)};
}

}  // namespace cloudcart::analytics
