#include "gateway/proxy.h"

#include "core/text.h"
#include "gateway/web_socket_relay.h"
#include "http/request_span.h"
#include "http/web_socket.h"

namespace cloudcart::gateway {
namespace {

/// Fields of the answer that this process's own pipeline writes again.
constexpr std::string_view rewritten[] = {"X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"};

/// Fields of the request that are between the client and this process, or that nobody but this process may set. An Origin
/// is one: it is this process's name that it is held against. The time limit is told anew, of what is left of it; so is
/// what the pipeline has made of traceparent.
constexpr std::string_view kept_here[] = {
    "Accept-Encoding",      "Expect",           "Origin",      "Forwarded",
    "Proxy-Authorization",  "Proxy-Connection", "traceparent", "tracestate",
    http::time_limit_header};

/// What the client has declared to be for this connection alone (RFC 9110 section 7.6.1).
bool is_connection_option(const http::Headers& headers, std::string_view name) {
  for (const auto& [field, value] : headers.fields()) {
    if (!ascii_iequals(field, "Connection")) continue;
    for (const auto option : split(value, ','))
      if (ascii_iequals(trim(option), name)) return true;
  }
  return false;
}

bool is_forwarded(const http::Headers& headers, std::string_view name) {
  const bool stays =
      std::ranges::any_of(kept_here, [&](std::string_view field) { return ascii_iequals(field, name); });
  return !stays && !is_connection_option(headers, name);
}

/// CORS is answered by the process that the browser talks to.
bool is_answered_here(std::string_view name) {
  const bool again =
      std::ranges::any_of(rewritten, [&](std::string_view field) { return ascii_iequals(field, name); });
  return again || ascii_lower(name).starts_with("access-control-");
}

/// What is not to last: a stream of events may take its time to begin.
bool is_plain_read(const http::Request& request) {
  return http::is_read(request.method) &&
         request.headers.find("Accept").value_or("").find("text/event-stream") == std::string_view::npos;
}

http::ClientRequest forward(const http::Request& request, const http::ServiceToken& token) {
  http::ClientRequest forwarded{.method = request.method, .target = request.target, .body = request.body};
  for (const auto& [name, value] : request.headers.fields())
    if (is_forwarded(request.headers, name)) forwarded.headers.add(name, value);
  forwarded.route = request.route->path;
  if (http::asks_for_web_socket(request)) forwarded.upgrade = "websocket";
  forwarded.may_hedge = forwarded.upgrade.empty() && is_plain_read(request);
  forwarded.headers.set("X-Request-Id", request.request_id);
  if (!request.caller.traceparent.empty()) {
    forwarded.headers.set("traceparent", request.caller.traceparent);
    if (auto state = http::tracestate_of(request.headers); !state.empty())
      forwarded.headers.set("tracestate", std::move(state));
  }
  // Replaced, not appended to: this process is the edge, and what a client claims is not believed.
  forwarded.headers.set("X-Forwarded-For", request.remote_address);
  forwarded.headers.set(std::string{http::gateway_token_header}, token(request.caller.tenant));
  return forwarded;
}

}  // namespace

http::Priority priority_of(std::string_view prefix, http::Method method) {
  const bool reads = method == http::Method::get;
  if (prefix == "/api/analytics" || prefix == "/api/ai" || prefix == "/api/ws")
    return http::Priority::analytics;
  if (prefix == "/api/orders" && !reads) return http::Priority::checkout;
  if (prefix == "/api/users" && !reads) return http::Priority::sign_in;
  return http::Priority::standard;
}

std::vector<http::Route> proxy_routes(const std::string& prefix, http::Client& upstream,
                                      http::ServiceToken token) {
  const http::Handler handler =
      [&upstream, token = std::move(token)](http::Request& request) -> Task<Result<http::Response>> {
    CLOUDCART_CO_TRY(auto response, co_await upstream.send(forward(request, token), request.caller.deadline));
    http::Response answer{
        .status = response.status, .body = std::move(response.body), .stream = std::move(response.stream)};
    if (response.upgrade) answer.upgrade = std::make_shared<WebSocketRelay>(std::move(response.upgrade));
    for (const auto& [name, value] : response.headers.fields())
      if (!is_answered_here(name)) answer.headers.add(name, value);
    co_return answer;
  };
  std::vector<http::Route> routes;
  for (const auto method : {http::Method::get, http::Method::post, http::Method::put, http::Method::patch,
                            http::Method::delete_}) {
    const auto priority = priority_of(prefix, method);
    routes.push_back({method, prefix, http::Access::anyone, handler, priority});
    routes.push_back({method, prefix + "/{path...}", http::Access::anyone, handler, priority});
  }
  return routes;
}

}  // namespace cloudcart::gateway
