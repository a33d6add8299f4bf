#include "http/security_headers.h"

#include <algorithm>

namespace cloudcart::http {
namespace {

void add_unless_set(Headers& headers, std::string_view name, std::string_view value) {
  if (!headers.find(name)) headers.add(name, std::string{value});
}

/// Tokens and what is somebody's own are kept nowhere on the way.
std::string_view cache_rule(const Request& request) {
  if (request.caller.user) return "private, no-store";
  const bool reads = request.method == Method::get || request.method == Method::head;
  return reads ? "no-cache" : "no-store";
}

}  // namespace

void add_security_headers(const Request& request, Response& response, bool tls) {
  auto& headers = response.headers;
  add_unless_set(headers, "X-Content-Type-Options", "nosniff");
  add_unless_set(headers, "Referrer-Policy", "no-referrer");
  add_unless_set(headers, "X-Frame-Options", "DENY");
  add_unless_set(headers, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add_unless_set(headers, "Cross-Origin-Resource-Policy", "same-origin");
  add_unless_set(headers, "Cache-Control", cache_rule(request));
  if (tls) headers.set("Strict-Transport-Security", "max-age=31536000");
}

void add_cors_headers(const Request& request, Response& response, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return;
  auto& headers = response.headers;
  headers.add("Vary", "Origin");
  const auto origin = request.headers.find("Origin");
  if (!origin || std::ranges::find(allowed, *origin) == allowed.end()) return;
  headers.add("Access-Control-Allow-Origin", std::string{*origin});
  headers.add("Access-Control-Expose-Headers",
              "X-Request-Id, ETag, Retry-After, RateLimit, RateLimit-Policy");
  if (request.route || request.method != Method::options) return;
  headers.add("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
  headers.add("Access-Control-Allow-Headers",
              "Authorization, Content-Type, Idempotency-Key, X-Request-Id, traceparent, If-None-Match, "
              "Last-Event-ID");
  headers.add("Access-Control-Max-Age", "600");
}

}  // namespace cloudcart::http
