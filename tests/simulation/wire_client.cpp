#include "simulation/wire_client.h"

#include "simulation/node.h"

namespace cloudcart::simulation {
namespace {

Task<Result<http::Response>> serve(Node& node, http::ClientRequest request) {
  co_return co_await node.pipeline().handle({.method = request.method,
                                             .target = std::move(request.target),
                                             .headers = std::move(request.headers),
                                             .body = std::move(request.body),
                                             .remote_address = "127.0.0.1",
                                             .received_at = node.process().now()});
}

}  // namespace

Task<Result<http::Response>> WireClient::send(http::ClientRequest request, Deadline deadline) {
  const bool reads = request.method == http::Method::get;
  auto answer = co_await wire_.ask<Result<http::Response>>(
      site_.process, Port::service_wire, server_, reads ? Access::read : Access::repeatable_write, deadline,
      [request = std::move(request)](Node& node) { return serve(node, request); });
  if (answer) co_return answer;
  const auto code = answer.error().code;
  const bool is_unknown = code == ErrorCode::outcome_unknown;
  if (code == ErrorCode::overloaded || (is_unknown && reads))
    co_return fail(ErrorCode::unavailable, "The other service does not answer.");
  co_return answer;
}

}  // namespace cloudcart::simulation
