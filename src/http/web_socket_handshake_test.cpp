#include <gtest/gtest.h>

#include "http/web_socket.h"
#include "support/http_client.h"

namespace cloudcart::http {
namespace {

/// The sample handshake of RFC 6455 section 1.2.
Request sample() {
  Request request{.method = Method::get, .target = "/api/ws"};
  request.headers.set("Host", "shop.example");
  request.headers.set("Upgrade", "websocket");
  request.headers.set("Connection", "keep-alive, Upgrade");
  request.headers.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  request.headers.set("Sec-WebSocket-Version", "13");
  return request;
}
Request sample_with(std::string_view name, std::string value) {
  auto request = sample();
  request.headers.set(name, std::move(value));
  return request;
}

class Silent final : public Conversation {
 public:
  Task<void> receive(std::string) override { co_return; }
  Task<std::expected<Messages, Closing>> next() override { co_return std::unexpected(Closing{}); }
  void cancel() override {}
};

TEST(HandshakeTest, AnswersTheSampleOfTheStandard) {
  ASSERT_TRUE(check_handshake(sample(), "cloudcart"));
  const auto response = web_socket_response(sample(), "cloudcart", std::make_shared<Silent>());
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.headers.find("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_FALSE(response.headers.find("Sec-WebSocket-Protocol")) << "none was offered";
  EXPECT_TRUE(response.upgrade);
}

TEST(HandshakeTest, TheTokenAmongTheSubprotocolsIsNotAnsweredWith) {
  const auto request = sample_with("Sec-WebSocket-Protocol", "cloudcart, bearer.a.b-c_d");
  EXPECT_EQ(token_among_subprotocols(request), "a.b-c_d");
  ASSERT_TRUE(check_handshake(request, "cloudcart"));
  const auto response = web_socket_response(request, "cloudcart", std::make_shared<Silent>());
  EXPECT_EQ(response.headers.find("Sec-WebSocket-Protocol"), "cloudcart");
  auto plain = request;
  plain.headers.set("Upgrade", "h2c");
  EXPECT_FALSE(token_among_subprotocols(plain)) << "it is for WebSockets only";
}

TEST(HandshakeTest, WhatIsNoHandshakeIsToldSo) {
  const auto code = [](const Request& request) { return check_handshake(request, "cloudcart").error().code; };
  EXPECT_EQ(code(sample_with("Upgrade", "h2c")), ErrorCode::upgrade_required);
  EXPECT_EQ(code(sample_with("Connection", "close")), ErrorCode::upgrade_required);
  EXPECT_EQ(code(sample_with("Sec-WebSocket-Version", "8")), ErrorCode::upgrade_required);
  auto head = sample();
  head.method = Method::head;
  EXPECT_EQ(code(head), ErrorCode::upgrade_required);
  for (const std::string key : {"", "short==", "dGhlIHNhbXBsZSBub25jZQ=A", "dGhlIHNhbXBsZSBub25j*Q=="})
    EXPECT_EQ(code(sample_with("Sec-WebSocket-Key", key)), ErrorCode::malformed_request) << key;
  EXPECT_EQ(code(sample_with("Sec-WebSocket-Protocol", "chat, bearer.x")), ErrorCode::malformed_request);
}

TEST(OriginTest, PagesOfOtherOriginsAreRefused) {
  const std::vector<std::string> allowed{"https://desk.example"};
  EXPECT_TRUE(check_origin(sample(), allowed)) << "no browser";
  EXPECT_TRUE(check_origin(sample_with("Origin", "https://shop.example"), allowed));
  EXPECT_TRUE(check_origin(sample_with("Origin", "http://shop.example"), allowed));
  EXPECT_TRUE(check_origin(sample_with("Origin", "https://desk.example"), allowed));
  for (const std::string origin : {"https://evil.example", "null", "https://shop.example.evil.example",
                                   "https://desk.example:8443", "http://desk.example", "", "shop.example"})
    EXPECT_EQ(check_origin(sample_with("Origin", origin), allowed).error().code, ErrorCode::forbidden)
        << origin;
  auto nowhere = sample_with("Origin", "http://");
  nowhere.headers.set("Host", "");
  EXPECT_EQ(check_origin(nowhere, allowed).error().code, ErrorCode::forbidden);
}

/// The handshake with the pipeline around it.
class HandshakePipelineTest : public testing::Test {
 protected:
  static constexpr std::string_view analyst = "analyst:00000000-0000-0000-0000-000000000001";

  static std::vector<Route> routes() {
    return {{Method::get, "/api/ws", Access::analysts, [](Request& request) -> Task<Result<Response>> {
               CLOUDCART_CO_CHECK(check_handshake(request, "cloudcart"));
               co_return web_socket_response(request, "cloudcart", std::make_shared<Silent>());
             }}};
  }
  test::HttpReply ask(Request request) {
    return client.as_nobody().get("/api/ws", std::move(request.headers));
  }

  test::HttpClient client{routes()};
};

TEST_F(HandshakePipelineTest, TheTokenMayComeByHeaderOrBySubprotocol) {
  EXPECT_EQ(ask(sample()).status, 401);
  EXPECT_EQ(ask(sample_with("Authorization", "Bearer " + std::string{analyst})).status, 101);
  EXPECT_EQ(ask(sample_with("Sec-WebSocket-Protocol", "cloudcart, bearer.nobody")).status, 401);
  EXPECT_EQ(ask(sample_with("Sec-WebSocket-Protocol", "cloudcart, bearer." + std::string{analyst})).status,
            101);
  EXPECT_EQ(ask(sample_with("Sec-WebSocket-Protocol",
                            "cloudcart, bearer.customer:00000000-0000-0000-0000-000000000001"))
                .status,
            403);
}

TEST_F(HandshakePipelineTest, OtherRequestsLearnWhatTheAddressSpeaks) {
  auto reply = client.as(Role::analyst, {}).get("/api/ws");
  EXPECT_EQ(reply.status, 426);
  EXPECT_EQ(reply.code(), "upgrade_required");
  EXPECT_EQ(reply.headers.find("Upgrade"), "websocket");
  EXPECT_EQ(reply.headers.find("Sec-WebSocket-Version"), "13");
}

TEST_F(HandshakePipelineTest, TheOriginIsCheckedBeforeTheToken) {
  auto request = sample_with("Authorization", "Bearer " + std::string{analyst});
  request.headers.set("Origin", "https://evil.example");
  EXPECT_EQ(ask(request).status, 403);
  request.headers.set("Origin", "https://shop.example");
  EXPECT_EQ(ask(request).status, 101);
}

}  // namespace
}  // namespace cloudcart::http
