#include "analytics/http/alert_routes.h"

#include <fmt/format.h>

#include "analytics/domain/alert_json.h"
#include "analytics/domain/selection_json.h"
#include "analytics/http/alert_requests.h"
#include "http/query_reader.h"
#include "http/web_url.h"

namespace cloudcart::analytics {
namespace {

using http::Request;
using http::Response;

/// Where a webhook goes, as `caller` may see it: paths of webhooks often are secrets themselves, so who cannot
/// edit alerts sees the server only.
std::string shown_url(const Webhook& webhook, const Caller& caller) {
  const auto url = caller.is_staff() ? std::nullopt : http::parse_web_url(webhook.url);
  return url ? fmt::format("{}://{}", url->tls ? "https" : "http", url->authority()) : webhook.url;
}

void write_alert(JsonWriter& json, const WatchedRule& watched, const Caller& caller) {
  const auto& rule = watched.rule;
  const auto& state = watched.state;
  json.begin_object().field("id", rule.id).field("name", rule.name);
  json.field("metric", definition_of(rule.metric).name);
  write_selections(json, "filters", rule.selections);
  json.field("window_minutes", std::int64_t{rule.window.count()});
  write_condition(json, rule.condition, rule.metric);
  json.field("cool_down_minutes", std::int64_t{rule.cool_down.count()}).field("enabled", rule.enabled);
  json.key("webhook");
  if (rule.webhook) {
    json.begin_object().field("url", shown_url(*rule.webhook, caller)).end_object();
  } else {
    json.null();
  }
  json.field("status", state.firing ? "firing" : "ok").field("changed_at", state.changed_at);
  json.field("fired_at", state.fired_at).field("incident_id", state.incident);
  json.field("version", rule.version).field("created_at", rule.created_at);
  json.field("updated_at", rule.updated_at).end_object();
}

JsonWriter alert_json(const WatchedRule& watched, const Caller& caller) {
  JsonWriter json;
  json.begin_object().key("alert");
  write_alert(json, watched, caller);
  json.end_object();
  return json;
}

/// With the webhook's new secret, where there is one.
JsonWriter saved_alert_json(const SavedAlert& saved, const Caller& caller) {
  JsonWriter json;
  json.begin_object().key("alert");
  write_alert(json, saved.watched, caller);
  if (saved.new_secret) json.field("webhook_secret", *saved.new_secret);
  json.end_object();
  return json;
}

void write_delivery(JsonWriter& json, const std::optional<AlertDelivery>& delivery) {
  json.key("delivery");
  if (!delivery) {
    json.null();
    return;
  }
  json.begin_object().field("status", to_string(delivery->status)).field("attempts", delivery->attempts);
  json.field("last_attempt_at", delivery->last_attempt_at)
      .field("next_attempt_at", delivery->next_attempt_at);
  json.key("last_error");
  delivery->last_error.empty() ? json.null() : json.value(delivery->last_error);
  json.end_object();
}

JsonWriter events_json(const AlertEventPage& page, const http::Page& asked) {
  JsonWriter json;
  json.begin_object().key("events").begin_array();
  for (const auto& [event, delivery] : page.events) {
    json.begin_object();
    write_event_fields(json, event);
    write_delivery(json, delivery);
    json.end_object();
  }
  json.end_array();
  http::write_pagination(json, asked, page.total, std::nullopt);
  json.end_object();
  return json;
}

Task<Result<Response>> list_alerts(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto rules, co_await app.manage.list(request.caller));
  JsonWriter json;
  json.begin_object().key("alerts").begin_array();
  for (const auto& watched : rules) write_alert(json, watched, request.caller);
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> create_alert(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto asked, read_alert(body));
  CLOUDCART_CO_TRY(const auto saved, co_await app.manage.create(request.caller, std::move(asked.draft)));
  request.audit_target = saved.watched.rule.id.to_string();
  co_return http::data_response(201, saved_alert_json(saved, request.caller), "Alert created");
}

Task<Result<Response>> get_alert(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<AlertId>("id"));
  CLOUDCART_CO_TRY(const auto watched, co_await app.manage.get(request.caller, id));
  co_return http::data_response(200, alert_json(watched, request.caller));
}

Task<Result<Response>> update_alert(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<AlertId>("id"));
  CLOUDCART_CO_TRY(auto asked, read_alert(body));
  CLOUDCART_CO_TRY(const auto saved,
                   co_await app.manage.update(request.caller, id, std::move(asked.draft), asked.version));
  co_return http::data_response(200, saved_alert_json(saved, request.caller), "Alert updated");
}

Task<Result<Response>> delete_alert(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<AlertId>("id"));
  CLOUDCART_CO_CHECK(co_await app.manage.remove(request.caller, id));
  co_return http::message_response(200, "Alert deleted");
}

/// The answer says what came of it: a receiver that refuses is no failure of this request.
Task<Result<Response>> test_alert(AlertApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<AlertId>("id"));
  const auto sent = co_await app.deliver.send_test(request.caller, id);
  const bool refused =
      !sent && (sent.error().code == ErrorCode::unavailable || sent.error().code == ErrorCode::forbidden);
  if (!sent && !refused) co_return fail(sent.error());
  JsonWriter json;
  json.begin_object().field("delivered", sent.has_value()).key("error");
  sent ? json.null() : json.value(sent.error().message);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> list_events(AlertApp& app, Request& request) {
  http::QueryReader query(request);
  const http::Page page{.number = query.integer("page", 1, 1, 1'000'000),
                        .limit = query.integer("limit", 20, 1, 100)};
  std::optional<AlertId> alert;
  if (const auto text = query.text("alert_id", {.min = 1, .max = 36})) {
    alert = AlertId::parse(*text);
    if (!alert) query.add_error("alert_id", "must be a UUID");
  }
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto events,
                   co_await app.manage.events(request.caller, alert, page.offset(), page.limit));
  co_return http::data_response(200, events_json(events, page));
}

}  // namespace

std::vector<http::Route> alert_routes(AlertApp& app) {
  using enum http::Method;
  using enum http::Access;
  const auto to = [&app](Task<Result<Response>> (*handle)(AlertApp&, Request&)) {
    return [&app, handle](Request& request) { return handle(app, request); };
  };
  return http::with_priority(
      http::Priority::analytics,
      {
          {get, "/api/analytics/alerts", analysts, to(list_alerts)},
          {post, "/api/analytics/alerts", staff, to(create_alert),
           http::Audit{"alert.create", {"name", "metric"}}},
          {get, "/api/analytics/alerts/{id}", analysts, to(get_alert)},
          {put, "/api/analytics/alerts/{id}", staff, to(update_alert),
           http::Audit{"alert.update", {"name", "metric", "enabled"}}},
          {delete_, "/api/analytics/alerts/{id}", staff, to(delete_alert), http::Audit{"alert.delete"}},
          {post, "/api/analytics/alerts/{id}/test", staff, to(test_alert), http::Audit{"alert.test"}},
          {get, "/api/analytics/alert-events", analysts, to(list_events)},
      });
}

}  // namespace cloudcart::analytics
