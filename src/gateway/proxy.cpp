#include "gateway/proxy.h"

#include "core/text.h"

namespace cloudcart::gateway {
namespace {

/// Fields of the answer that this process's own pipeline writes again.
constexpr std::string_view rewritten[] = {"X-Content-Type-Options", "Referrer-Policy", "X-Request-Id"};

/// Fields of the request that are between the client and this process.
bool is_forwarded(std::string_view name) {
  return !ascii_iequals(name, "Accept-Encoding") && !ascii_iequals(name, "Expect");
}

http::ClientRequest forward(const http::Request& request) {
  http::ClientRequest forwarded{.method = request.method, .target = request.target, .body = request.body};
  for (const auto& [name, value] : request.headers.fields())
    if (is_forwarded(name)) forwarded.headers.add(name, value);
  forwarded.headers.set("X-Request-Id", request.request_id);
  // Replaced, not appended to: this process is the edge, and what a client claims is not believed.
  forwarded.headers.set("X-Forwarded-For", request.remote_address);
  return forwarded;
}

}  // namespace

std::vector<http::Route> proxy_routes(const std::string& prefix, http::Client& upstream) {
  const http::Handler handler = [&upstream](http::Request& request) -> Task<Result<http::Response>> {
    CLOUDCART_CO_TRY(auto response, co_await upstream.send(forward(request), request.caller.deadline));
    http::Response answer{
        .status = response.status, .body = std::move(response.body), .stream = std::move(response.stream)};
    for (const auto& [name, value] : response.headers.fields()) {
      const bool again =
          std::ranges::any_of(rewritten, [&](std::string_view field) { return ascii_iequals(field, name); });
      if (!again) answer.headers.add(name, value);
    }
    co_return answer;
  };
  std::vector<http::Route> routes;
  for (const auto method :
       {http::Method::get, http::Method::post, http::Method::put, http::Method::patch, http::Method::delete_}) {
    routes.push_back({method, prefix, http::Access::anyone, handler});
    routes.push_back({method, prefix + "/{path...}", http::Access::anyone, handler});
  }
  return routes;
}

}  // namespace cloudcart::gateway
