#include "adapters/postgres/analytics/alert_rows.h"

#include <fmt/format.h>

#include "analytics/columns/alert_columns.h"

namespace cloudcart::analytics::tables {
namespace {

using postgres::Query;
using postgres::query;
using postgres::Rows;

std::string select_rules_where(std::string_view rest) {
  return fmt::format("SELECT {} FROM alert_rule {}", rule_columns, rest);
}

std::optional<std::string> url_of(const AlertRule& rule) {
  return rule.webhook.transform([](const Webhook& webhook) { return webhook.url; });
}

std::optional<std::string> secret_of(const AlertRule& rule) {
  return rule.webhook.transform([](const Webhook& webhook) { return webhook.secret; });
}

template <class T, class Read>
std::vector<T> read_all(const Rows& rows, Read read) {
  std::vector<T> found;
  found.reserve(rows.size());
  for (const auto row : rows) found.push_back(read(row));
  return found;
}

}  // namespace

Query count_rules(const TenantId& tenant) {
  return query("SELECT count(*) FROM alert_rule WHERE tenant = $1", tenant.value);
}

Query insert_rule(const TenantId& tenant, const AlertRule& rule) {
  const auto condition = columns_of(rule.condition);
  return query(
      "INSERT INTO alert_rule(tenant, alert_id, name, metric, selections, window_minutes, cool_down_minutes,"
      " enabled, webhook_url, webhook_secret, version, created_at, updated_at, way, level, clear_level,"
      " baseline_window, minimum_baseline)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
      " ON CONFLICT DO NOTHING",
      tenant.value, rule.id, rule.name, definition_of(rule.metric).name, selections_text(rule.selections),
      std::int64_t{rule.window.count()}, std::int64_t{rule.cool_down.count()}, rule.enabled, url_of(rule),
      secret_of(rule), rule.version, rule.created_at, rule.updated_at, condition.way, condition.level,
      condition.clear_level, condition.baseline_window, condition.minimum_baseline);
}

Query update_rule(const WatchedRule& watched) {
  const auto& [tenant, rule, state] = watched;
  const auto condition = columns_of(rule.condition);
  return query(
      "UPDATE alert_rule SET name = $3, metric = $4, selections = $5, window_minutes = $6,"
      " cool_down_minutes = $7, enabled = $8, webhook_url = $9, webhook_secret = $10, version = $11,"
      " updated_at = $12, firing = $13, changed_at = $14, fired_at = $15, incident = $16, changes = $17,"
      " way = $18, level = $19, clear_level = $20, baseline_window = $21, minimum_baseline = $22"
      " WHERE tenant = $1 AND alert_id = $2",
      tenant.value, rule.id, rule.name, definition_of(rule.metric).name, selections_text(rule.selections),
      std::int64_t{rule.window.count()}, std::int64_t{rule.cool_down.count()}, rule.enabled, url_of(rule),
      secret_of(rule), rule.version, rule.updated_at, state.firing, state.changed_at, state.fired_at,
      state.incident, state.changes, condition.way, condition.level, condition.clear_level,
      condition.baseline_window, condition.minimum_baseline);
}

Query delete_rule(const TenantId& tenant, AlertId id) {
  return query("DELETE FROM alert_rule WHERE tenant = $1 AND alert_id = $2", tenant.value, id);
}

Query select_rule(const TenantId& tenant, AlertId id) {
  return query(select_rules_where("WHERE tenant = $1 AND alert_id = $2"), tenant.value, id);
}

Query select_rule_for_update(const TenantId& tenant, AlertId id) {
  return query(select_rules_where("WHERE tenant = $1 AND alert_id = $2 FOR UPDATE"), tenant.value, id);
}

Query select_rules(const TenantId& tenant) {
  return query(select_rules_where("WHERE tenant = $1 ORDER BY created_at, alert_id"), tenant.value);
}

Query select_enabled_rules() {
  return query(select_rules_where("WHERE enabled ORDER BY tenant, alert_id"));
}

std::vector<WatchedRule> read_rules(const Rows& rows) {
  return read_all<WatchedRule>(rows, read_watched_rule<postgres::Row>);
}

Query insert_event(const TenantId& tenant, const AlertEvent& event, bool to_webhook) {
  const auto condition = columns_of(event.condition);
  const auto delivery = to_webhook ? std::optional{static_cast<int>(DeliveryStatus::pending)} : std::nullopt;
  return query(
      "INSERT INTO alert_event(tenant, event_id, alert_id, alert_name, change, reason, incident, metric,"
      " value, baseline, window_minutes, at, position, delivery, next_attempt_at, way, level, clear_level,"
      " baseline_window, minimum_baseline) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
      " $14, $15, $16, $17, $18, $19, $20)",
      tenant.value, event.id, event.alert, event.alert_name, static_cast<int>(event.change),
      static_cast<int>(event.reason), event.incident, definition_of(event.metric).name, event.reading.value,
      event.reading.baseline, std::int64_t{event.window.count()}, event.at, event.position, delivery,
      to_webhook ? std::optional{event.at} : std::nullopt, condition.way, condition.level,
      condition.clear_level, condition.baseline_window, condition.minimum_baseline);
}

Query keep_newest_events(const TenantId& tenant, std::size_t kept) {
  return query(
      "DELETE FROM alert_event WHERE ctid = ANY(ARRAY(SELECT ctid FROM alert_event WHERE tenant = $1 AND"
      " number <= (SELECT number FROM alert_event WHERE tenant = $1 ORDER BY number DESC LIMIT 1 OFFSET $2)"
      " FOR UPDATE SKIP LOCKED))",
      tenant.value, kept);
}

Query select_newest_events(const TenantId& tenant, const std::optional<AlertId>& alert, std::int64_t offset,
                           std::int64_t limit) {
  const auto sql = [](std::string_view of_alert) {
    return fmt::format(
        "SELECT {} FROM alert_event e WHERE e.tenant = $1{} ORDER BY e.number DESC LIMIT $2 OFFSET $3",
        event_columns, of_alert);
  };
  if (alert) return query(sql(" AND e.alert_id = $4"), tenant.value, limit, offset, *alert);
  return query(sql(""), tenant.value, limit, offset);
}

Query count_events(const TenantId& tenant, const std::optional<AlertId>& alert) {
  if (alert)
    return query("SELECT count(*) FROM alert_event WHERE tenant = $1 AND alert_id = $2", tenant.value,
                 *alert);
  return query("SELECT count(*) FROM alert_event WHERE tenant = $1", tenant.value);
}

std::vector<RecordedEvent> read_events(const Rows& rows) {
  return read_all<RecordedEvent>(rows, read_recorded_event<postgres::Row>);
}

Query select_events_since(Timestamp since, std::size_t limit) {
  return query(fmt::format("SELECT {}, e.tenant FROM (SELECT * FROM alert_event WHERE at >= $1"
                           " ORDER BY number DESC LIMIT $2) AS e ORDER BY e.number",
                           event_columns),
               since, limit);
}

std::vector<OwnedEvent> read_owned_events(const Rows& rows) {
  return read_all<OwnedEvent>(rows, read_owned_event<postgres::Row>);
}

Query select_due_deliveries(Timestamp until, std::size_t limit) {
  return query(fmt::format("SELECT {}, e.tenant, r.webhook_url, r.webhook_secret FROM alert_event e"
                           " JOIN alert_rule r ON r.tenant = e.tenant AND r.alert_id = e.alert_id"
                           " WHERE e.delivery = 0 AND e.next_attempt_at <= $1"
                           " AND coalesce(e.held_until, 0) <= $1 AND NOT EXISTS (SELECT FROM alert_event o"
                           " WHERE o.delivery = 0 AND o.tenant = e.tenant AND o.alert_id = e.alert_id"
                           " AND (o.next_attempt_at, o.number) < (e.next_attempt_at, e.number))"
                           " ORDER BY e.next_attempt_at, e.number LIMIT $2",
                           event_columns),
               until, limit);
}

std::vector<DueDelivery> read_due_deliveries(const Rows& rows) {
  return read_all<DueDelivery>(rows, read_due_delivery<postgres::Row>);
}

Query hold_delivery(const TenantId& tenant, AlertEventId event, const DeliveryClaim& claim) {
  return query(
      "UPDATE alert_event SET held_until = $5 WHERE tenant = $1 AND event_id = $2 AND delivery = 0"
      " AND attempts = $3 AND coalesce(held_until, 0) <= $4",
      tenant.value, event, claim.attempts, claim.now, claim.until);
}

Query release_delivery(const TenantId& tenant, AlertEventId event, const DeliveryClaim& claim) {
  return query(
      "UPDATE alert_event SET held_until = NULL WHERE tenant = $1 AND event_id = $2 AND delivery = 0"
      " AND attempts = $3 AND held_until = $4",
      tenant.value, event, claim.attempts, claim.until);
}

Query update_delivery(const TenantId& tenant, AlertEventId event, const AlertDelivery& delivery) {
  return query(
      "UPDATE alert_event SET delivery = $4, attempts = $5, next_attempt_at = $6, last_attempt_at = $7,"
      " last_error = $8, held_until = NULL"
      " WHERE tenant = $1 AND event_id = $2 AND delivery = 0 AND attempts = $3",
      tenant.value, event, delivery.attempts - 1, static_cast<int>(delivery.status), delivery.attempts,
      delivery.next_attempt_at, delivery.last_attempt_at, delivery.last_error);
}

Query withdraw_deliveries(const TenantId& tenant, AlertId alert) {
  return query(
      "UPDATE alert_event SET delivery = 3, next_attempt_at = NULL WHERE tenant = $1 AND alert_id = $2"
      " AND delivery = 0",
      tenant.value, alert);
}

Query count_alerts() {
  return query(
      "SELECT (SELECT count(*) FROM alert_rule WHERE firing),"
      " count(*) FILTER (WHERE delivery = 0), count(*) FILTER (WHERE delivery = 2) FROM alert_event");
}

}  // namespace cloudcart::analytics::tables
