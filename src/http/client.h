#pragma once

#include <functional>
#include <string>

#include "http/cancellation.h"
#include "http/message.h"

namespace cloudcart::http {

/// Gives the bearer token by which processes of the platform know each other.
using ServiceToken = std::function<std::string(const TenantId&)>;

struct ClientRequest {
  Method method = Method::get;
  std::string target;  ///< path and query, percent-encoded
  Headers headers;
  std::string body;
  /// The target without what is told apart by it, for traces: "/api/orders/{path...}"; empty: to be made from the target,
  /// whose path is this process's own.
  std::string route;
  std::string upgrade;   ///< the protocol that is asked for, "websocket"; empty for none
  unsigned resends = 0;  ///< how often it has been sent before, to others
  /// A read whose answer is due at once, so that it may be asked of another server too when that is late.
  bool may_hedge = false;
  std::shared_ptr<Cancellation> cancellation;  ///< by which the sender may give it up; null: nobody does
};

/// Sends requests to one server, over connections that it keeps, or to one of several that answer alike.
class Client {
 public:
  virtual ~Client() = default;
  /// The server's answer, whatever its status; Response::stream when it is an event stream, and
  /// Response::upgrade, which passes bytes on both ways, when it is 101.
  /// Errors: unavailable when no connection could be made or nothing was sent; outcome_unknown when the
  /// request was sent and the answer lost (for GET and HEAD: unavailable); deadline_exceeded before anything
  /// was sent; overloaded when all connections were busy and nothing was sent. A request that is given up ends
  /// at once, with any error. Nothing is retried, except that a kept connection that turns out to be closed is replaced for
  /// GET and HEAD, and by BalancedClient.
  virtual Task<Result<Response>> send(ClientRequest request, Deadline deadline) = 0;
};

}  // namespace cloudcart::http
