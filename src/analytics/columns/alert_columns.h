#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics {

/// How alerts are rows, for adapters that keep them in tables. A Row is any that reads columns by their number, from 0.

constexpr std::string_view rule_columns =
    "tenant, alert_id, name, metric, selections, window_minutes, cool_down_minutes, enabled, webhook_url, "
    "webhook_secret, version, created_at, updated_at, firing, changed_at, fired_at, incident, changes, way, "
    "level, clear_level, baseline_window, minimum_baseline";

/// Of a table that is called e.
constexpr std::string_view event_columns =
    "e.event_id, e.alert_id, e.alert_name, e.change, e.reason, e.incident, e.metric, e.value, e.baseline, "
    "e.window_minutes, e.at, e.position, e.delivery, e.attempts, e.next_attempt_at, e.last_attempt_at, "
    "e.last_error, e.way, e.level, e.clear_level, e.baseline_window, e.minimum_baseline";
constexpr int count_event_columns = 22;

/// A condition as its five columns.
struct ConditionColumns {
  int way = 0;
  std::int64_t level = 0, clear_level = 0;
  std::optional<std::int64_t> baseline_window, minimum_baseline;
};
ConditionColumns columns_of(const AlertCondition& condition);

/// As JSON, as in requests.
std::string selections_text(const std::vector<Selection>& selections);
/// Of what selections_text() has made.
std::vector<Selection> parse_selections(std::string_view text);

/// The first of the five columns is `first`.
template <class Row>
AlertCondition read_condition(const Row& row, int first) {
  const auto way = row.integer(first), level = row.integer(first + 1), clear_level = row.integer(first + 2);
  if (row.is_null(first + 3)) return Threshold{static_cast<Side>(way), level, clear_level};
  return SuddenChange{static_cast<Direction>(way), level, clear_level,
                      static_cast<Baseline>(row.integer(first + 3)), row.integer(first + 4)};
}

/// Of rule_columns.
template <class Row>
WatchedRule read_watched_rule(const Row& row) {
  const auto optional_time = [&](int column) { return row.optional_integer(column).transform(from_unix_ms); };
  WatchedRule watched;
  auto& [tenant, rule, state] = watched;
  tenant.value = row.string(0);
  rule.id = row.template id<AlertId>(1);
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
  state.changed_at = optional_time(14);
  state.fired_at = optional_time(15);
  if (!row.is_null(16)) state.incident = row.template id<AlertEventId>(16);
  state.changes = row.integer(17);
  rule.condition = read_condition(row, 18);
  return watched;
}

/// Of event_columns.
template <class Row>
RecordedEvent read_recorded_event(const Row& row) {
  const auto optional_time = [&](int column) { return row.optional_integer(column).transform(from_unix_ms); };
  RecordedEvent recorded;
  auto& [event, delivery] = recorded;
  event.id = row.template id<AlertEventId>(0);
  event.alert = row.template id<AlertId>(1);
  event.alert_name = row.string(2);
  event.change = static_cast<AlertChange>(row.integer(3));
  event.reason = static_cast<AlertReason>(row.integer(4));
  event.incident = row.template id<AlertEventId>(5);
  event.metric = parse_metric(row.text(6)).value();
  event.reading = {row.optional_integer(7), row.optional_integer(8)};
  event.window = std::chrono::minutes{row.integer(9)};
  event.at = row.timestamp(10);
  event.position = row.integer(11);
  if (!row.is_null(12))
    delivery = AlertDelivery{static_cast<DeliveryStatus>(row.integer(12)), static_cast<int>(row.integer(13)),
                             optional_time(14), optional_time(15), row.string(16)};
  event.condition = read_condition(row, 17);
  return recorded;
}

/// Of event_columns and then tenant.
template <class Row>
OwnedEvent read_owned_event(const Row& row) {
  return {TenantId{row.string(count_event_columns)}, read_recorded_event(row).event};
}

/// Of event_columns and then tenant, webhook_url and webhook_secret.
template <class Row>
DueDelivery read_due_delivery(const Row& row) {
  auto recorded = read_recorded_event(row);
  return {TenantId{row.string(count_event_columns)},
          std::move(recorded.event),
          *std::move(recorded.delivery),
          {row.string(count_event_columns + 1), row.string(count_event_columns + 2)}};
}

}  // namespace cloudcart::analytics
