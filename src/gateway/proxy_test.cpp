#include "gateway/proxy.h"

#include <gtest/gtest.h>

#include "http/upgrade.h"
#include "support/http_client.h"

namespace cloudcart::gateway {
namespace {

std::string service_token(const TenantId&) {
  return "service";
}

/// Answers with a fixed answer and remembers what it was asked.
class FakeUpstream final : public http::Client {
 public:
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    last = std::move(request);
    co_return answer;
  }
  http::ClientRequest last;
  Result<http::Response> answer = http::json_response(201, R"({"success":true})");
};

TEST(ProxyTest, PassesOnTheTraceThatThePipelineHasMadeOut) {
  FakeUpstream upstream;
  test::HttpClient client(proxy_routes("/api/orders", upstream, service_token));
  http::Headers headers;
  headers.set("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
  headers.set("tracestate", "a=1");
  client.as_nobody().get("/api/orders/1", headers);
  EXPECT_EQ(upstream.last.headers.find("traceparent"), headers.find("traceparent"));
  EXPECT_EQ(upstream.last.headers.find("tracestate"), "a=1");
  EXPECT_EQ(upstream.last.route, "/api/orders/{path...}");
  headers.set("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01");
  client.as_nobody().get("/api/orders/1", headers);
  EXPECT_FALSE(upstream.last.headers.find("traceparent"));
  EXPECT_FALSE(upstream.last.headers.find("tracestate")) << "it belongs to the other";
}

TEST(ProxyTest, PassesTheRequestAndTheAnswerThrough) {
  FakeUpstream upstream;
  upstream.answer->headers.add("ETag", "W/\"1\"");
  upstream.answer->headers.add("Access-Control-Allow-Origin", "https://shop.example");
  test::HttpClient client(proxy_routes("/api/orders", upstream, service_token));
  http::Headers headers;
  headers.set("Idempotency-Key", "k");
  headers.set("X-Forwarded-For", "1.2.3.4");
  headers.set("X-Request-Timeout-Ms", "3000");
  const auto reply = client.as_nobody().post("/api/orders/1/cancel?x=1", "{}", headers);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.headers.find("ETag"), "W/\"1\"");
  EXPECT_FALSE(reply.headers.find("Access-Control-Allow-Origin")) << "CORS is answered once, at the edge";
  EXPECT_EQ(upstream.last.headers.find(http::gateway_token_header), "service");
  EXPECT_EQ(upstream.last.target, "/api/orders/1/cancel?x=1");
  EXPECT_EQ(upstream.last.method, http::Method::post);
  EXPECT_EQ(upstream.last.body, "{}");
  EXPECT_EQ(upstream.last.headers.find("Idempotency-Key"), "k");
  EXPECT_EQ(upstream.last.headers.find("X-Forwarded-For"), "127.0.0.1");
  EXPECT_FALSE(upstream.last.headers.find("X-Request-Timeout-Ms"))
      << "the client that sends it says what is left";
  EXPECT_EQ(upstream.last.headers.find("X-Request-Id"), reply.headers.find("X-Request-Id"));
}

TEST(ProxyTest, WhatIsForOneConnectionIsNotHandedOn) {
  FakeUpstream upstream;
  test::HttpClient client(proxy_routes("/api/orders", upstream, service_token));
  http::Headers headers;
  headers.set("Connection", "keep-alive, X-Mine , X-Forwarded-For,x-cloudcart-gateway");
  headers.set("X-Mine", "1");
  headers.set("X-Yours", "2");
  headers.set("Forwarded", "for=1.2.3.4");
  headers.set("Proxy-Authorization", "Basic x");
  headers.set("X-CloudCart-Gateway", "mine");
  headers.set("Expect", "100-continue");
  client.as_nobody().post("/api/orders", "{}", headers);
  const auto& sent = upstream.last.headers;
  for (const auto* name : {"X-Mine", "Forwarded", "Proxy-Authorization", "Expect"})
    EXPECT_FALSE(sent.find(name)) << name;
  EXPECT_EQ(sent.find("X-Yours"), "2");
  // What this process says itself is for the service, whatever the client declares.
  EXPECT_EQ(sent.find("X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(sent.find(http::gateway_token_header), "service");
}

/// Of an upstream that has upgraded.
class Upgraded final : public http::Upgrade {
 public:
  Task<void> run(std::shared_ptr<http::UpgradedConnection>) override { co_return; }
  void end(End) override {}
};

TEST(ProxyTest, AWebSocketGoesThroughWhenItsOriginMay) {
  FakeUpstream upstream;
  upstream.answer = http::Response{.status = 101, .upgrade = std::make_shared<Upgraded>()};
  upstream.answer->headers.add("Sec-WebSocket-Accept", "yes");
  test::HttpClient client(proxy_routes("/api/ws", upstream, service_token));
  http::Headers headers;
  headers.set("Host", "shop.example");
  headers.set("Upgrade", "websocket");
  headers.set("Connection", "Upgrade");
  headers.set("Sec-WebSocket-Protocol", "cloudcart, bearer.x");
  headers.set("Origin", "https://evil.example");
  EXPECT_EQ(client.as_nobody().get("/api/ws", headers).status, 403);
  EXPECT_EQ(upstream.last.target, "") << "not asked";
  headers.set("Origin", "https://shop.example");
  const auto reply = client.as_nobody().get("/api/ws", headers);
  EXPECT_EQ(reply.status, 101);
  EXPECT_TRUE(reply.upgrade);
  EXPECT_EQ(reply.headers.find("Sec-WebSocket-Accept"), "yes");
  EXPECT_EQ(upstream.last.upgrade, "websocket");
  EXPECT_FALSE(upstream.last.may_hedge);
  EXPECT_EQ(upstream.last.headers.find("Sec-WebSocket-Protocol"), "cloudcart, bearer.x");
  EXPECT_FALSE(upstream.last.headers.find("Origin")) << "the service's name is not the one to compare with";
}

TEST(ProxyTest, OnlyReadsThatEndMayBeHedged) {
  FakeUpstream upstream;
  test::HttpClient client(proxy_routes("/api/orders", upstream, service_token));
  auto as_nobody = client.as_nobody();
  as_nobody.get("/api/orders/1");
  EXPECT_TRUE(upstream.last.may_hedge);
  http::Headers headers;
  headers.set("Accept", "text/event-stream");
  as_nobody.get("/api/orders/1", headers);
  EXPECT_FALSE(upstream.last.may_hedge);
  as_nobody.post("/api/orders", "{}");
  EXPECT_FALSE(upstream.last.may_hedge);
}

TEST(ProxyTest, OrdersAndSignInsGoBeforeFigures) {
  using enum http::Method;
  using enum http::Priority;
  EXPECT_EQ(priority_of("/api/orders", post), checkout);
  EXPECT_EQ(priority_of("/api/orders", put), checkout);
  EXPECT_EQ(priority_of("/api/orders", get), standard);
  EXPECT_EQ(priority_of("/api/users", post), sign_in);
  EXPECT_EQ(priority_of("/api/users", get), standard);
  EXPECT_EQ(priority_of("/api/products", get), standard);
  for (const auto* prefix : {"/api/analytics", "/api/ai", "/api/ws"})
    EXPECT_EQ(priority_of(prefix, get), analytics);
}

TEST(ProxyTest, AnUpstreamThatIsAwayIsUnavailable) {
  FakeUpstream upstream;
  upstream.answer = fail(ErrorCode::unavailable, "The service does not answer.");
  test::HttpClient client(proxy_routes("/api/orders", upstream, service_token));
  const auto reply = client.as_nobody().get("/api/orders");
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.headers.find("Retry-After"));
  EXPECT_EQ(client.as_nobody().get("/api/others").status, 404);
}

}  // namespace
}  // namespace cloudcart::gateway
