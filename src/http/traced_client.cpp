#include "http/traced_client.h"

#include <charconv>

#include <fmt/format.h>

#include "core/text.h"
#include "runtime/tracing.h"

namespace cloudcart::http {
namespace {

constexpr int first_client_error = 400;

/// Without the query, and with {id} for each id.
std::string route_of(std::string_view target) {
  std::string route;
  for (const auto segment : split(target.substr(0, target.find('?')), '/')) {
    if (segment.empty()) continue;
    route += '/';
    route += Uuid::parse(segment) ? "{id}" : segment;
  }
  return route;
}

void describe(Span& span, const ClientRequest& request, const std::string& address) {
  const auto method = to_string(request.method);
  const auto route = request.route.empty() ? route_of(request.target) : request.route;
  span.set_name(fmt::format("{} {}", method, route));
  span.set("http.request.method", method);
  span.set("url.template", route);
  // A client's own words may be in the path, so it is told as its template.
  span.set("url.full", address + route);
  if (request.resends > 0) span.set("http.request.resend_count", request.resends);
}

void describe(Span& span, const Result<Response>& answer) {
  if (!answer) return span.fail(to_string(answer.error().code));
  span.set("http.response.status_code", answer->status);
  if (answer->status >= first_client_error) span.fail(std::to_string(answer->status));
}

}  // namespace

TracedClient::TracedClient(std::unique_ptr<Client> client, std::string address)
    : client_(std::move(client)), address_(std::move(address)) {
  std::string_view place = address_;
  place.remove_prefix(std::min(place.size(), place.find("//") + 2));
  const auto colon = place.rfind(':');
  host_ = place.substr(0, colon);
  if (colon != std::string_view::npos)
    std::from_chars(place.data() + colon + 1, place.data() + place.size(), port_);
}

Task<Result<Response>> TracedClient::send(ClientRequest request, Deadline deadline) {
  Span span(co_await current_span(), SpanKind::client, "");
  if (span.context().is_valid()) {
    request.headers.set("traceparent", to_traceparent(span.context()));
    if (!span.tracestate().empty()) request.headers.set("tracestate", span.tracestate());
  }
  if (!span.is_recorded()) co_return co_await client_->send(std::move(request), deadline);
  describe(span, request, address_);
  span.set("server.address", host_);
  span.set("server.port", port_);
  auto answer = co_await client_->send(std::move(request), deadline);
  describe(span, answer);
  co_return answer;
}

}  // namespace cloudcart::http
