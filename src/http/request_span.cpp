#include "http/request_span.h"

#include <fmt/format.h>

#include "core/text.h"
#include "http/router.h"

namespace cloudcart::http {
namespace {

constexpr std::string_view redacted = "REDACTED";

}  // namespace

std::optional<TraceContext> trace_of(const Headers& headers) {
  const std::string* only = nullptr;
  for (const auto& [name, value] : headers.fields()) {
    if (!ascii_iequals(name, "traceparent")) continue;
    if (only) return std::nullopt;
    only = &value;
  }
  return only ? parse_traceparent(*only) : std::nullopt;
}

std::string tracestate_of(const Headers& headers) {
  std::string state;
  for (const auto& [name, value] : headers.fields()) {
    if (!ascii_iequals(name, "tracestate") || value.empty()) continue;
    if (!state.empty()) state += ',';
    state += value;
  }
  return is_tracestate(state) ? state : "";
}

std::string shown_path(std::string_view path, const Route* route) {
  if (!route) return "";
  const auto words = split(route->path, '/'), segments = split(path, '/');
  std::string shown;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_word = i < words.size() && segments[i] == words[i];
    if (i > 0) shown += '/';
    shown += is_word || Uuid::parse(segments[i]) ? segments[i] : redacted;
  }
  return shown;
}

void describe_request(Span& span, const Request& request, bool tls) {
  if (!span.is_recorded()) return;
  const auto method = request.method == Method::other ? "_OTHER" : to_string(request.method);
  const std::string_view verb = request.method == Method::other ? "HTTP" : method;
  span.set_name(request.route ? fmt::format("{} {}", verb, request.route->path) : std::string{verb});
  span.set("http.request.method", method);
  span.set("url.scheme", tls ? "https" : "http");
  if (request.route) {
    span.set("http.route", request.route->path);
    span.set("url.path", shown_path(request.path, request.route));
  }
  // A client may have written anything into its own.
  if (Uuid::parse(request.request_id)) span.set("cloudcart.request.id", request.request_id);
}

void describe_answer(Span& span, int status) {
  if (!span.is_recorded()) return;
  span.set("http.response.status_code", status);
  if (status >= 500) span.fail(std::to_string(status));
}

}  // namespace cloudcart::http
