#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "core/id_generator.h"
#include "core/json_reader.h"
#include "http/authenticator.h"
#include "http/pipeline.h"
#include "runtime/executor.h"
#include "runtime/metrics.h"

namespace cloudcart::test {

/// Takes "<role>:<user id>" or "service" as a token, so that a test can be anyone.
class FakeAuthenticator final : public http::Authenticator {
 public:
  Result<http::Identity> authenticate(std::string_view token) const override {
    if (token == "service") return http::Identity{.is_service = true};
    const auto colon = token.find(':');
    const auto role = parse_role(token.substr(0, colon));
    const auto user = colon == std::string_view::npos ? std::nullopt : UserId::parse(token.substr(colon + 1));
    if (!role || !user) return fail(ErrorCode::unauthenticated, "The token is not valid.");
    return http::Identity{.user = *user, .role = *role, .session = "test-session"};
  }
};

struct HttpReply {
  int status = 0;
  http::Headers headers;
  std::string body;
  boost::json::value json;  ///< null when the body is no JSON
  std::shared_ptr<http::BodyStream> stream;
  std::shared_ptr<http::Upgrade> upgrade;

  const boost::json::value& at(std::string_view pointer) const { return json.at_pointer(pointer); }
  std::string text(std::string_view pointer) const { return std::string{at(pointer).as_string()}; }
  std::string code() const { return text("/code"); }
};

/// Sends requests through a Pipeline without a network, each to its end on the calling thread.
///   HttpClient client(routes); client.as(Role::staff, id).post("/api/products", R"({"name":…})");
class HttpClient {
 public:
  explicit HttpClient(std::vector<http::Route> routes, const Clock& clock = system_clock())
      : HttpClient(std::move(routes), fake_authenticator(), clock) {}
  /// With tokens that `authenticator` takes; see with_token().
  HttpClient(std::vector<http::Route> routes, const http::Authenticator& authenticator, const Clock& clock)
      : ids_(clock),
        clock_(clock),
        pipeline_(make_router(std::move(routes)), authenticator, clock, ids_, metrics_,
                  {.service = "test", .access_log = false}) {}

  /// A copy of the token for the calls of one expression.
  class Session {
   public:
    Session(HttpClient& client, std::string token) : client_(client), token_(std::move(token)) {}
    HttpReply get(std::string target, http::Headers headers = {}) {
      return send(http::Method::get, std::move(target), {}, std::move(headers));
    }
    HttpReply post(std::string target, std::string body, http::Headers headers = {}) {
      return send(http::Method::post, std::move(target), std::move(body), std::move(headers));
    }
    HttpReply put(std::string target, std::string body) {
      return send(http::Method::put, std::move(target), std::move(body), {});
    }
    HttpReply del(std::string target) { return send(http::Method::delete_, std::move(target), {}, {}); }
    HttpReply send(http::Method method, std::string target, std::string body, http::Headers headers) {
      if (!token_.empty()) headers.set("Authorization", "Bearer " + token_);
      if (!body.empty() && !headers.find("Content-Type")) headers.set("Content-Type", "application/json");
      return client_.send(method, std::move(target), std::move(body), std::move(headers));
    }

   private:
    HttpClient& client_;
    std::string token_;
  };

  /// The requests from now on come from there.
  void set_address(std::string address) { address_ = std::move(address); }
  Session as(Role role, UserId user) {
    return {*this, std::string{to_string(role)} + ":" + user.to_string()};
  }
  Session as_nobody() { return {*this, ""}; }
  Session as_service() { return {*this, "service"}; }
  Session with_token(std::string token) { return {*this, std::move(token)}; }

 private:
  static const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
  }
  static const http::Authenticator& fake_authenticator() {
    static const FakeAuthenticator authenticator;
    return authenticator;
  }
  static http::Router make_router(std::vector<http::Route> routes) {
    http::Router router;
    router.add(std::move(routes));
    return router;
  }
  HttpReply send(http::Method method, std::string target, std::string body, http::Headers headers) {
    http::Request request{.method = method,
                          .target = std::move(target),
                          .headers = std::move(headers),
                          .body = std::move(body),
                          .remote_address = address_,
                          .received_at = clock_.monotonic_now()};
    auto response = sync_wait(pipeline_.handle(std::move(request)));
    HttpReply reply{response.status, std::move(response.headers), std::move(response.body),
                    nullptr,         std::move(response.stream),  std::move(response.upgrade)};
    if (auto json = parse_json(reply.body)) reply.json = *std::move(json);
    return reply;
  }

  std::string address_ = "127.0.0.1";
  SystemIdGenerator ids_;
  Metrics metrics_;
  const Clock& clock_;
  http::Pipeline pipeline_;
};

}  // namespace cloudcart::test
