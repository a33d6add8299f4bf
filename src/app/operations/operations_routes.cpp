#include "app/operations/operations_routes.h"

#include "app/operations/version.h"

namespace cloudcart::app {
namespace {

Task<Result<http::Response>> answer_health(Health& health) {
  auto response = http::data_response(200, co_await health.describe());
  response.headers.add("Cache-Control", "no-store");
  co_return response;
}

http::Response answer_metrics(const Metrics& metrics) {
  http::Response response{.body = metrics.text()};
  response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return response;
}

}  // namespace

std::vector<http::Route> operations_routes(HealthSource source, const Clock& clock, const Metrics& metrics) {
  const auto health = std::make_shared<Health>(std::move(source), clock);
  std::vector<http::Route> routes;
  routes.push_back({http::Method::get, "/health", http::Access::anyone,
                    [health](http::Request&) { return answer_health(*health); }, http::Priority::vital,
                    http::RateClass::free});
  routes.push_back({http::Method::get, "/ready", http::Access::anyone,
                    [health](http::Request&) -> Task<Result<http::Response>> {
                      if (!health->ready())
                        co_return fail(ErrorCode::unavailable,
                                       "Not ready to serve: starting or shutting down.");
                      JsonWriter json;
                      json.begin_object().field("status", "ready").end_object();
                      co_return http::data_response(200, std::move(json));
                    },
                    http::Priority::vital, http::RateClass::free});
  routes.push_back(
      {http::Method::get, "/metrics", http::Access::anyone,
       [&metrics](http::Request&) -> Task<Result<http::Response>> { co_return answer_metrics(metrics); },
       http::Priority::vital, http::RateClass::free});
  return routes;
}

std::vector<http::Route> shop_routes(Shop shop) {
  std::vector<http::Route> routes;
  routes.push_back({http::Method::get, "/api/shop", http::Access::anyone,
                    [shop = std::move(shop)](http::Request&) -> Task<Result<http::Response>> {
                      JsonWriter json;
                      json.begin_object().field("name", shop.name).field("currency", shop.currency.code());
                      json.field("time_zone", shop.time_zone.name()).field("version", version).end_object();
                      co_return http::data_response(200, std::move(json));
                    }});
  return routes;
}

}  // namespace cloudcart::app
