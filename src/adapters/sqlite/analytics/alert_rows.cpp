#include "adapters/sqlite/analytics/alert_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "analytics/columns/alert_columns.h"

namespace cloudcart::analytics {
namespace {

using sqlite::Connection;
using sqlite::Statement;

void bind_condition(Statement& statement, const ConditionColumns& columns) {
  statement.bind_all(columns.way, columns.level, columns.clear_level, columns.baseline_window,
                     columns.minimum_baseline);
}

std::vector<WatchedRule> all_rules(Statement rows) {
  std::vector<WatchedRule> rules;
  while (rows.step()) rules.push_back(read_watched_rule(rows));
  return rules;
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
  bind_condition(insert, columns_of(rule.condition));
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
  bind_condition(update, columns_of(rule.condition));
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
  return read_watched_rule(row);
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
  bind_condition(insert, columns_of(event.condition));
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
  while (rows.step()) events.push_back(read_recorded_event(rows));
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

std::vector<OwnedEvent> events_since(Connection& connection, Timestamp since, std::size_t limit) {
  auto rows = connection.prepare(
      fmt::format("SELECT {}, e.tenant FROM alert_event e WHERE e.at >= ? ORDER BY e.number DESC LIMIT ?",
                  event_columns));
  rows.bind_all(since, static_cast<std::int64_t>(limit));
  std::vector<OwnedEvent> events;
  while (rows.step()) events.push_back(read_owned_event(rows));
  std::ranges::reverse(events);
  return events;
}

std::vector<DueDelivery> due_deliveries(Connection& connection, Timestamp until, std::size_t limit) {
  auto rows = connection.prepare(
      fmt::format("SELECT {}, e.tenant, r.webhook_url, r.webhook_secret FROM alert_event e "
                  "JOIN alert_rule r ON r.tenant = e.tenant AND r.alert_id = e.alert_id "
                  "WHERE e.delivery = 0 AND e.next_attempt_at <= ?1 AND "
                  "NOT EXISTS (SELECT 1 FROM alert_event o "
                  "WHERE o.delivery = 0 AND o.tenant = e.tenant AND o.alert_id = e.alert_id "
                  "AND (o.next_attempt_at, o.number) < (e.next_attempt_at, e.number)) "
                  "ORDER BY e.next_attempt_at, e.number LIMIT ?2",
                  event_columns));
  rows.bind_all(until, static_cast<std::int64_t>(limit));
  std::vector<DueDelivery> due;
  while (rows.step()) due.push_back(read_due_delivery(rows));
  return due;
}

void update_delivery(Connection& connection, const TenantId& tenant, const AlertEventId& event,
                     const AlertDelivery& delivery) {
  connection
      .prepare(
          "UPDATE alert_event SET delivery = ?, attempts = ?, next_attempt_at = ?, last_attempt_at = ?, "
          "last_error = ? WHERE tenant = ? AND event_id = ? AND delivery = 0 AND attempts "
          "= ?")
      .bind_all(static_cast<int>(delivery.status), delivery.attempts, delivery.next_attempt_at,
                delivery.last_attempt_at, delivery.last_error, tenant.value, event, delivery.attempts - 1)
      .run();
}

bool is_pending_after(Connection& connection, const TenantId& tenant, const AlertEventId& event,
                      int attempts) {
  auto row = connection.prepare(
      "SELECT 1 FROM alert_event WHERE tenant = ? AND event_id = ? AND delivery = 0 AND attempts = ?");
  row.bind_all(tenant.value, event, attempts);
  return row.step();
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
