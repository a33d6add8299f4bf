#include "analytics/domain/alert_json.h"

#include <fmt/format.h>

#include "analytics/domain/alert_check.h"

namespace cloudcart::analytics {
namespace {

constexpr std::uint8_t percent_decimals = 2;

void write_number(JsonWriter& json, std::string_view name, std::optional<std::int64_t> scaled,
                  std::uint8_t decimals) {
  json.key(name);
  scaled ? json.raw(to_string(Number{*scaled, decimals})) : json.null();
}

void write_fields(JsonWriter& json, const Threshold& threshold, std::uint8_t decimals) {
  json.field("type", "threshold").field("side", to_string(threshold.side));
  write_number(json, "value", threshold.value, decimals);
  write_number(json, "clear_at", threshold.clear_at, decimals);
}

void write_fields(JsonWriter& json, const SuddenChange& change, std::uint8_t decimals) {
  json.field("type", "sudden_change").field("direction", to_string(change.direction));
  write_number(json, "percent", change.percent, percent_decimals);
  write_number(json, "clear_percent", change.clear_percent, percent_decimals);
  json.field("baseline", to_string(change.baseline));
  write_number(json, "minimum_baseline", change.minimum_baseline, decimals);
}

std::optional<std::int64_t> change_of(const AlertEvent& event) {
  const auto* condition = std::get_if<SuddenChange>(&event.condition);
  return condition ? change_of(*condition, event.reading) : std::nullopt;
}

}  // namespace

void write_condition(JsonWriter& json, const AlertCondition& condition, Metric metric) {
  const auto decimals = definition_of(metric).decimals;
  json.key("condition").begin_object();
  std::visit([&](const auto& each) { write_fields(json, each, decimals); }, condition);
  json.end_object();
}

void write_event_fields(JsonWriter& json, const AlertEvent& event) {
  const auto& metric = definition_of(event.metric);
  json.field("event_id", event.id).field("type", fmt::format("alert.{}", to_string(event.change)));
  json.field("incident_id", event.incident).field("alert_id", event.alert);
  json.field("alert_name", event.alert_name).field("reason", to_string(event.reason));
  json.field("metric", metric.name).field("unit", to_string(metric.unit));
  write_number(json, "value", event.reading.value, metric.decimals);
  write_number(json, "baseline", event.reading.baseline, metric.decimals);
  write_number(json, "change_percent", change_of(event), percent_decimals);
  write_condition(json, event.condition, event.metric);
  json.field("window_minutes", static_cast<std::int64_t>(event.window.count()));
  json.field("at", event.at).field("position", event.position);
}

std::string event_json(const AlertEvent& event) {
  JsonWriter json;
  json.begin_object();
  write_event_fields(json, event);
  json.end_object();
  return std::move(json).str();
}

}  // namespace cloudcart::analytics
