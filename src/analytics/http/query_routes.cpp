#include "analytics/http/query_routes.h"

#include "analytics/http/answers.h"
#include "analytics/http/query_request.h"
#include "analytics/http/tabular.h"

namespace cloudcart::analytics {
namespace {

using http::Request;
using http::Response;

std::string_view to_string(DimensionKind kind) {
  switch (kind) {
    case DimensionKind::time:
      return "time";
    case DimensionKind::cycle:
      return "cycle";
    case DimensionKind::entity:
      return "entity";
  }
  return "";
}

JsonWriter schema_json(const Shop& shop) {
  JsonWriter json;
  json.begin_object().key("metrics").begin_array();
  for (const auto& metric : all_metrics()) {
    json.begin_object().field("name", metric.name).field("title", metric.title);
    json.field("unit", to_string(metric.unit)).field("decimals", static_cast<int>(metric.decimals));
    json.field("description", metric.description).end_object();
  }
  json.end_array().key("dimensions").begin_array();
  for (const auto& dimension : all_dimensions()) {
    json.begin_object().field("name", dimension.name).field("title", dimension.title);
    json.field("kind", to_string(dimension.kind)).field("description", dimension.description);
    json.field("values", dimension.values).end_object();
  }
  json.end_array().key("comparisons").begin_array();
  for (const auto& comparison : all_comparisons())
    json.begin_object()
        .field("name", comparison.name)
        .field("description", comparison.description)
        .end_object();
  json.end_array().key("limits").begin_object();
  json.field("metrics", std::uint64_t{max_query_metrics})
      .field("dimensions", std::uint64_t{max_query_dimensions});
  json.field("rows", std::uint64_t{max_query_rows}).field("days", max_period_days);
  json.field("filter_values", std::uint64_t{max_filter_values}).end_object();
  json.field("currency", shop.currency.code()).field("time_zone", shop.time_zone.name()).end_object();
  return json;
}

JsonWriter query_json(const QueryReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object();
  write_columns(json, report.result.rows);
  write_rows(json, "rows", report.result.rows);
  json.key("totals");
  write_row(json, report.result.total, report.result.total.rows.front());
  json.field("row_count", static_cast<std::uint64_t>(report.result.row_count));
  write_period(json, report.period, shop, report.as_of);
  json.key("compared");
  if (report.compared) {
    json.begin_object().field("from", to_date_string(report.compared->from));
    json.field("to", to_date_string(report.compared->to)).end_object();
  } else {
    json.null();
  }
  write_freshness(json, report.progress, report.events_behind);
  json.field("last_updated", report.as_of).end_object();
  return json;
}

Task<Result<Response>> query(AnalyticsApp& app, Request& request) {
  http::QueryReader parameters(request);
  const auto format = read_format(request, parameters);
  CLOUDCART_CO_CHECK(parameters.finish());
  CLOUDCART_CO_TRY(auto asked, read_query(request));
  CLOUDCART_CO_TRY(const auto report, co_await app.run_query(request.caller, std::move(asked)));
  co_return tabular_response(format, "query", report.result.rows,
                             [&] { return query_json(report, app.shop()); });
}

Task<Result<Response>> schema(AnalyticsApp& app, Request&) {
  co_return http::data_response(200, schema_json(app.shop()));
}

}  // namespace

std::vector<http::Route> query_routes(AnalyticsApp& app) {
  return {{http::Method::get, "/api/analytics/schema", http::Access::analysts,
           [&app](Request& request) { return schema(app, request); }},
          {http::Method::post, "/api/analytics/query", http::Access::analysts,
           [&app](Request& request) { return query(app, request); }, http::Audit::only_reads()}};
}

}  // namespace cloudcart::analytics
