#pragma once

#include "http/client.h"
#include "support/http_client.h"

namespace cloudcart::test {

/// A client of routes in this process: whole requests through a Pipeline, without a network.
class PipelineClient final : public http::Client {
 public:
  explicit PipelineClient(std::vector<http::Route> routes,
                          http::PipelineOptions options = {.service = "test", .access_log = false})
      : ids_(clock_),
        pipeline_(router_of(std::move(routes)), authenticator_, clock_, ids_, metrics_, std::move(options)) {}

  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    co_return co_await pipeline_.handle({.method = request.method,
                                         .target = std::move(request.target),
                                         .headers = std::move(request.headers),
                                         .body = std::move(request.body),
                                         .remote_address = "127.0.0.1",
                                         .received_at = clock_.monotonic_now()});
  }

 private:
  static http::Router router_of(std::vector<http::Route> routes) {
    http::Router router;
    router.add(std::move(routes));
    return router;
  }

  FakeAuthenticator authenticator_;
  SystemClock clock_;
  SystemIdGenerator ids_;
  Metrics metrics_;
  http::Pipeline pipeline_;
};

}  // namespace cloudcart::test
