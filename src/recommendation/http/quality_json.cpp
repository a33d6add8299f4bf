#include "recommendation/http/quality_json.h"

#include <cmath>

namespace cloudcart::recommendation {
namespace {

/// Four decimals: a thousandth of a percent more than cases can tell.
void write_rate(JsonWriter& json, std::string_view name, double value) {
  json.field(name, std::round(value * 10'000) / 10'000);
}

void write_rates(JsonWriter& json, const QualityTally& tally, double hits, double gain) {
  if (tally.cases == 0) {
    json.key("hit_rate").null().key("ndcg").null();
    return;
  }
  const auto cases = static_cast<double>(tally.cases);
  write_rate(json, "hit_rate", hits / cases);
  write_rate(json, "ndcg", gain / cases);
}

void write_model_rates(JsonWriter& json, const QualityTally& tally) {
  write_rates(json, tally, static_cast<double>(tally.hits), tally.gain);
}

void write_baseline(JsonWriter& json, const QualityTally& tally) {
  json.key("baseline").begin_object().field("method", to_string(Algorithm::popular));
  write_rates(json, tally, static_cast<double>(tally.baseline_hits), tally.baseline_gain);
  json.end_object();
}

void write_lift(JsonWriter& json, const QualityTally& tally) {
  json.key("lift");
  if (tally.cases == 0) {
    json.null();
    return;
  }
  const auto lift = lift_of(tally);
  json.begin_object();
  write_rate(json, "hit_rate_difference", lift.difference);
  write_rate(json, "low", lift.low);
  write_rate(json, "high", lift.high);
  json.end_object();
}

void write_task(JsonWriter& json, const QualityReport& report, QualityTask task) {
  QualityTally all;
  for (const auto& day : report.days)
    if (day.task == task) all.add(day.tally);
  json.begin_object().field("task", to_string(task)).field("cases", all.cases);
  write_model_rates(json, all);
  write_baseline(json, all);
  write_lift(json, all);
  json.key("by_day").begin_array();
  for (const auto& day : report.days) {
    if (day.task != task) continue;
    json.begin_object().field("date", to_date_string(day.day)).field("cases", day.tally.cases);
    write_model_rates(json, day.tally);
    write_baseline(json, day.tally);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

JsonWriter quality_json(const QualityReport& report) {
  JsonWriter json;
  json.begin_object();
  json.field("period_days", static_cast<std::int64_t>((report.to - report.from).count() + 1));
  json.field("from", to_date_string(report.from)).field("to", to_date_string(report.to));
  json.field("cut", static_cast<std::uint64_t>(quality_cut));
  json.field("examined_orders", report.since_start.examined);
  json.field("passed_over_orders", report.since_start.passed_over);
  json.key("tasks").begin_array();
  for (const auto task : all_quality_tasks) write_task(json, report, task);
  json.end_array().end_object();
  return json;
}

}  // namespace cloudcart::recommendation
