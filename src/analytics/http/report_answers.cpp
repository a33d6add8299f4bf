#include "analytics/http/report_answers.h"

#include "analytics/http/answers.h"

namespace cloudcart::analytics {
namespace {

std::string_view to_string(ForecastState state) {
  switch (state) {
    case ForecastState::made:
      return "made";
    case ForecastState::too_little_history:
      return "too_little_history";
    case ForecastState::nothing_sold:
      return "nothing_sold";
  }
  return "";
}

void write_history(JsonWriter& json, const ForecastReport& report) {
  json.key("history");
  if (!report.history) {
    json.null();
    return;
  }
  json.begin_object().field("from", to_date_string(report.history->from));
  json.field("to", to_date_string(report.history->to)).field("days", report.history->days()).end_object();
}

void write_smoothing(JsonWriter& json, const std::optional<SmoothingWeights>& weights) {
  json.key("smoothing");
  if (!weights) {
    json.null();
    return;
  }
  json.begin_object().field("level", weights->level).field("trend", weights->trend);
  json.field("season", weights->season).end_object();
}

void write_backtest(JsonWriter& json, const ForecastReport& report) {
  const auto& backtest = report.forecast.backtest;
  json.key("backtest").begin_object();
  json.field("origins", static_cast<std::uint64_t>(backtest.origins));
  json.field("horizon_days", static_cast<std::uint64_t>(Backtest::horizon));
  json.field("checks", static_cast<std::uint64_t>(backtest.checks));
  write_rows(json, "methods", backtest_table(report));
  json.end_object();
}

}  // namespace

std::string_view to_string(ProductOrder order) {
  return order == ProductOrder::top ? "top" : "falling";
}

void write_about(JsonWriter& json, const ProductReport& report, ProductOrder order, std::size_t limit) {
  json.field("sort", to_string(order)).field("limit", static_cast<std::uint64_t>(limit));
  json.field("stock_available", report.stock_available);
}

void write_about(JsonWriter& json, const CompanionReport& report, std::size_t limit) {
  const auto& all = report.companions;
  json.field("product_id", report.product).field("product_name", all.name);
  json.field("product_orders", all.orders).field("all_orders", all.all_orders);
  json.field("limit", static_cast<std::uint64_t>(limit));
}

void write_about(JsonWriter& json, const SegmentReport& report) {
  write_rows(json, "scores", score_table(report));
  const auto& total = report.segments.total;
  json.key("total").begin_object().field("customers", total.customers).field("placed_orders", total.orders);
  json.key("net_revenue").amount_number(total.net).end_object();
}

void write_about(JsonWriter& json, const HeatMapReport& report) {
  const auto& metric = definition_of(report.metric);
  json.key("metric").begin_object().field("name", metric.name).field("title", metric.title);
  json.field("unit", analytics::to_string(metric.unit)).field("decimals", unsigned{metric.decimals});
  json.field("description", metric.description).end_object();
}

void write_about(JsonWriter& json, const ForecastReport& report) {
  const auto& made = report.forecast;
  json.field("state", to_string(made.state)).field("explanation", explain(made));
  json.field("method",
             made.method.transform([](ForecastMethod method) { return analytics::to_string(method); }));
  write_smoothing(json, made.weights);
  write_history(json, report);
  write_backtest(json, report);
}

void write_frame(JsonWriter& json, const ReportFrame& frame, const Shop& shop) {
  write_period(json, frame.period, shop, frame.as_of);
  write_freshness(json, frame.progress, frame.events_behind);
  json.field("last_updated", frame.as_of);
}

}  // namespace cloudcart::analytics
