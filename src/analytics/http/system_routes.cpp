#include "analytics/http/system_routes.h"

#include "analytics/http/reconciliation_json.h"
#include "core/json_writer.h"

namespace cloudcart::analytics {
namespace {

using http::Request;
using http::Response;

Task<Result<Response>> reconciliation(SystemApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto checked, co_await app.reconciliation(request.caller));
  JsonWriter json;
  json.begin_object();
  write_reconciliation(json, checked->result);
  write_differing_days(json, checked->result);
  json.field("checked_at", checked->checked_at);
  json.field("took_ms", static_cast<std::int64_t>(checked->took.count())).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> consumers(SystemApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto states, co_await app.list_consumers(request.caller));
  JsonWriter json;
  json.begin_object().field("end_position", states.end_position).key("consumers").begin_array();
  for (const auto& consumer : states.consumers) {
    json.begin_object().field("name", consumer.name).field("position", consumer.position);
    json.field("events_behind", consumer.events_behind);
    if (consumer.last_event_at) json.field("last_event_at", *consumer.last_event_at);
    json.end_object();
  }
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

}  // namespace

std::vector<http::Route> system_routes(SystemApp& app) {
  const auto route = [&app](std::string path, Task<Result<Response>> (*endpoint)(SystemApp&, Request&)) {
    return http::Route{http::Method::get, std::move(path), http::Access::analysts,
                       [&app, endpoint](Request& request) { return endpoint(app, request); }};
  };
  return http::with_priority(
      http::Priority::analytics,
      {route("/api/analytics/reconciliation", reconciliation), route("/api/analytics/consumers", consumers)});
}

}  // namespace cloudcart::analytics
