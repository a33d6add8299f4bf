#include "analytics/http/routes.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "analytics/http/answers.h"
#include "analytics/http/dashboard_stream.h"
#include "analytics/http/live_socket.h"
#include "analytics/http/period_query.h"
#include "analytics/http/query_routes.h"
#include "analytics/http/report_routes.h"
#include "analytics/http/shared_overviews.h"
#include "analytics/http/tabular.h"
#include "analytics/http/upkeep_routes.h"

namespace cloudcart::analytics {
namespace {

using http::Request;
using http::Response;

Task<Result<Response>> dashboard(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  auto period = read_compared_period(query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_dashboard(request.caller, std::move(period)));
  co_return http::data_response(200, dashboard_json(report, app.shop()));
}

Task<Result<Response>> daily_sales(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  auto period = read_period(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_daily_sales(request.caller, std::move(period)));
  const auto table = daily_sales_table(report);
  co_return tabular_response(format, "daily-sales", table,
                             [&] { return daily_sales_json(table, report, app.shop()); });
}

Task<Result<Response>> top_products(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  auto period = read_period(query);
  const auto limit = static_cast<std::size_t>(query.integer("limit", 10, 1, 100));
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report,
                   co_await app.get_top_products(request.caller, std::move(period), limit));
  const auto table = top_products_table(report);
  co_return tabular_response(format, "top-selling", table,
                             [&] { return top_products_json(table, report, app.shop(), limit); });
}

Task<Result<Response>> user_activity(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  auto period = read_period(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_user_activity(request.caller, std::move(period)));
  const auto table = user_activity_table(report);
  co_return tabular_response(format, "user-activity", table,
                             [&] { return user_activity_json(table, report, app.shop()); });
}

Task<Result<Response>> status_distribution(AnalyticsApp& app, Request& request) {
  http::QueryReader query(request);
  auto period = read_period(query);
  const auto format = read_format(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report,
                   co_await app.get_status_distribution(request.caller, std::move(period)));
  const auto table = status_distribution_table(report);
  co_return tabular_response(format, "status-distribution", table,
                             [&] { return status_distribution_json(table, report, app.shop()); });
}

/// The log position that a reader has seen; empty for one that comes for the first time.
std::optional<std::int64_t> read_last_event_id(const Request& request, http::QueryReader& query) {
  const auto given = request.headers.find("Last-Event-ID");
  if (!given || given->empty()) return std::nullopt;
  std::int64_t position = 0;
  const auto [end, failure] = std::from_chars(given->data(), given->data() + given->size(), position);
  if (failure == std::errc{} && end == given->data() + given->size() && position >= 0) return position;
  query.add_error("Last-Event-ID", "must be an id of this stream");
  return std::nullopt;
}

Task<Result<Response>> stream(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews,
                              Request& request) {
  http::QueryReader query(request);
  auto period = read_compared_period(query);
  const auto last_event_id = read_last_event_id(request, query);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(auto opened, co_await DashboardStream::open(app, std::move(overviews), request.caller,
                                                               std::move(period), last_event_id));
  Response response;
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-store");
  response.stream = std::move(opened);
  co_return response;
}

Task<Result<Response>> web_socket(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews,
                                  Request& request) {
  CLOUDCART_CO_CHECK(http::check_handshake(request, LiveSocket::subprotocol));
  CLOUDCART_CO_TRY(auto opened, LiveSocket::open(app, std::move(overviews), request.caller));
  co_return http::web_socket_response(request, LiveSocket::subprotocol, std::move(opened));
}

using Endpoint = Task<Result<Response>> (*)(AnalyticsApp&, Request&);

http::Route get(AnalyticsApp& app, std::string path, Endpoint endpoint) {
  return {http::Method::get, std::move(path), http::Access::analysts,
          [&app, endpoint](Request& request) { return endpoint(app, request); }};
}

}  // namespace

std::vector<http::Route> analytics_routes(AnalyticsApp& app) {
  auto overviews = std::make_shared<SharedOverviews>(app);
  std::vector<http::Route> routes{
      get(app, "/api/analytics/dashboard", dashboard),
      get(app, "/api/analytics/sales/daily", daily_sales),
      get(app, "/api/analytics/products/top-selling", top_products),
      get(app, "/api/analytics/users/activity", user_activity),
      get(app, "/api/analytics/orders/status-distribution", status_distribution),
      {http::Method::get, "/api/analytics/stream", http::Access::analysts,
       [&app, overviews](Request& request) { return stream(app, overviews, request); }},
      {http::Method::get, "/api/ws", http::Access::analysts,
       [&app, overviews](Request& request) { return web_socket(app, overviews, request); }}};
  std::ranges::move(query_routes(app), std::back_inserter(routes));
  std::ranges::move(upkeep_routes(app), std::back_inserter(routes));
  std::ranges::move(report_routes(app), std::back_inserter(routes));
  return http::with_priority(http::Priority::analytics, std::move(routes));
}

}  // namespace cloudcart::analytics
