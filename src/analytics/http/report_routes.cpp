#include "analytics/http/report_routes.h"

#include <ranges>

#include <fmt/ranges.h>

#include "analytics/http/period_query.h"
#include "analytics/http/report_answers.h"
#include "analytics/http/tabular.h"

namespace cloudcart::analytics {
namespace {

using http::Request;
using http::Response;

constexpr std::int64_t most_rows = std::int64_t{Stock::max_lookup};

std::size_t read_limit(http::QueryReader& query) {
  return static_cast<std::size_t>(query.integer("limit", 10, 1, most_rows));
}

/// The only dates that a report without a period takes is where its days begin.
PeriodRequest read_zone(http::QueryReader& query) {
  return {.zone = query.time_zone("tz")};
}

/// nullopt, with the violation noted, when it is missing or no id.
std::optional<ProductId> read_product(http::QueryReader& query) {
  const auto text = query.text("product_id", {.min = 1, .max = 36});
  const auto product = text.and_then(&ProductId::parse);
  if (!query.has("product_id")) {
    query.add_error("product_id", "is required");
  } else if (text && !product) {
    query.add_error("product_id", "must be a UUID");
  }
  return product;
}

Metric read_metric(http::QueryReader& query) {
  const auto name = query.text("metric", {.min = 1, .max = 40});
  if (!name) return Metric::orders;
  if (const auto metric = parse_metric(*name)) return *metric;
  const auto names = all_metrics() | std::views::transform(&MetricDefinition::name);
  query.add_error("metric", fmt::format("must be one of {}", fmt::join(names, ", ")));
  return Metric::orders;
}

/// The rows under `name`, and what `write_rest` adds.
template <class WriteRest>
JsonWriter rows_and(std::string_view name, const Table& table, WriteRest write_rest) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, name, table);
  write_rest(json);
  json.end_object();
  return json;
}

Task<Result<Response>> products(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  ProductReportRequest wanted{.period = read_compared_period(query)};
  wanted.limit = read_limit(query);
  if (query.word("sort", {"top", "falling"}) == "falling") wanted.order = ProductOrder::falling;
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_product_report(request.caller, wanted));
  const auto table = product_table(report);
  const auto data = [&] {
    return rows_and("products", table, [&](JsonWriter& json) {
      write_about(json, report, wanted.order, wanted.limit);
      write_frame(json, report.frame, app.shop());
    });
  };
  co_return tabular_response(format, "products", table, data);
}

Task<Result<Response>> companions(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const auto product = read_product(query);
  auto period = read_period(query);
  const auto limit = read_limit(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report,
                   co_await app.get_companions(request.caller, product.value(), std::move(period), limit));
  const auto table = companion_table(report);
  const auto data = [&] {
    return rows_and("companions", table, [&](JsonWriter& json) {
      write_about(json, report, limit);
      write_frame(json, report.frame, app.shop());
    });
  };
  co_return tabular_response(format, "bought-together", table, data);
}

Task<Result<Response>> cohorts(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const auto months = static_cast<int>(query.integer("months", 12, 1, 36));
  auto zone = read_zone(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_cohorts(request.caller, std::move(zone), months));
  const auto table = cohort_table(report);
  const auto data = [&] {
    return rows_and("cohorts", table, [&](JsonWriter& json) {
      json.field("months", months);
      write_frame(json, report.frame, app.shop());
    });
  };
  co_return tabular_response(format, "cohorts", table, data);
}

Task<Result<Response>> segments(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const bool wants_scores = query.word("table", {"segments", "scores"}) == "scores";
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_segments(request.caller));
  const auto table = segment_table(report);
  const auto data = [&] {
    return rows_and("segments", table, [&](JsonWriter& json) {
      write_about(json, report);
      write_frame(json, report.frame, app.shop());
    });
  };
  if (wants_scores) co_return tabular_response(format, "segment-scores", score_table(report), data);
  co_return tabular_response(format, "segments", table, data);
}

Task<Result<Response>> heat_map(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const auto metric = read_metric(query);
  auto period = read_period(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_heat_map(request.caller, std::move(period), metric));
  const auto table = heat_map_table(report);
  const auto data = [&] {
    return rows_and("cells", table, [&](JsonWriter& json) {
      write_about(json, report);
      write_frame(json, report.frame, app.shop());
    });
  };
  co_return tabular_response(format, "heat-map", table, data);
}

Task<Result<Response>> forecast(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  const auto days = static_cast<int>(query.integer("days", 14, 1, 60));
  auto zone = read_zone(query);
  const bool wants_backtest = query.word("table", {"days", "backtest"}) == "backtest";
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_forecast(request.caller, std::move(zone), days));
  const auto table = forecast_table(report);
  const auto data = [&] {
    return rows_and("days", table, [&](JsonWriter& json) {
      write_about(json, report);
      write_frame(json, report.frame, app.shop());
    });
  };
  if (wants_backtest) co_return tabular_response(format, "forecast-backtest", backtest_table(report), data);
  co_return tabular_response(format, "forecast", table, data);
}

using Endpoint = Task<Result<Response>> (*)(AnalyticsApp&, Request&);

http::Route get(AnalyticsApp& app, std::string path, Endpoint endpoint) {
  return {http::Method::get, "/api/analytics/reports/" + std::move(path), http::Access::analysts,
          [&app, endpoint](Request& request) { return endpoint(app, request); }};
}

}  // namespace

std::vector<http::Route> report_routes(AnalyticsApp& app) {
  return {get(app, "products", products), get(app, "bought-together", companions),
          get(app, "cohorts", cohorts),   get(app, "segments", segments),
          get(app, "heat-map", heat_map), get(app, "forecast", forecast)};
}

}  // namespace cloudcart::analytics
