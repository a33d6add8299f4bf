#include "app/operations/operations_routes.h"

#include "app/operations/version.h"

namespace cloudcart::app {
namespace {

constexpr seconds probe_limit{2};

Task<bool> is_well(http::Client* client, Deadline deadline) {
  if (!client) co_return true;
  const auto answer = co_await client->send({.method = http::Method::get, .target = "/health"}, deadline);
  co_return answer && answer->status == 200;
}

void write_state(JsonWriter& json, std::string_view name, bool well) {
  json.key(name).begin_object().field("status", well ? "ok" : "down").end_object();
}

Task<Result<http::Response>> answer_health(const HealthSource& source, const Clock& clock) {
  bool all_well = true;
  JsonWriter states;
  states.begin_object();
  for (const auto& [name, probe] : source.dependencies) {
    const bool well = probe();
    all_well &= well;
    write_state(states, name, well);
  }
  states.end_object();
  JsonWriter services;
  services.begin_object();
  for (const auto& [name, client] : source.services) {
    const bool well = co_await is_well(client, clock.monotonic_now() + probe_limit);
    all_well &= well;
    write_state(services, name, well);
  }
  services.end_object();

  JsonWriter json;
  json.begin_object().field("status", all_well ? "ok" : "degraded").field("service", source.service);
  json.field("version", version);
  const auto uptime = std::chrono::duration<double>(clock.monotonic_now() - source.started_at).count();
  json.field("uptime_seconds", uptime).key("dependencies").raw(states.str());
  if (!source.services.empty()) json.key("services").raw(services.str());
  json.end_object();
  auto response = http::data_response(200, std::move(json));
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
  const auto shared = std::make_shared<const HealthSource>(std::move(source));
  std::vector<http::Route> routes;
  routes.push_back({http::Method::get, "/health", http::Access::anyone,
                    [shared, &clock](http::Request&) { return answer_health(*shared, clock); }});
  routes.push_back({http::Method::get, "/ready", http::Access::anyone,
                    [shared](http::Request&) -> Task<Result<http::Response>> {
                      if (!shared->ready())
                        co_return fail(ErrorCode::unavailable,
                                       "Not ready to serve: starting or shutting down.");
                      JsonWriter json;
                      json.begin_object().field("status", "ready").end_object();
                      co_return http::data_response(200, std::move(json));
                    }});
  routes.push_back(
      {http::Method::get, "/metrics", http::Access::anyone,
       [&metrics](http::Request&) -> Task<Result<http::Response>> { co_return answer_metrics(metrics); }});
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
