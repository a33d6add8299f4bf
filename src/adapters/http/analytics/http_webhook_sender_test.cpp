#include "adapters/http/analytics/http_webhook_sender.h"

#include <gtest/gtest.h>

#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

/// Answers what it is told and keeps what it was sent.
class FakeOutsideClient final : public http::OutsideClient {
 public:
  Task<Result<http::OutsideAnswer>> post(http::WebUrl url, http::Headers headers, std::string body,
                                         Deadline) override {
    seen_url = std::move(url);
    seen_headers = std::move(headers);
    seen_body = std::move(body);
    if (!answer) co_return fail(answer.error());
    co_return http::OutsideAnswer{.status = *answer};
  }
  void stop() override { stopped = true; }

  Result<int> answer = 200;
  http::WebUrl seen_url;
  http::Headers seen_headers;
  std::string seen_body;
  bool stopped = false;
};

class HttpWebhookSenderTest : public testing::Test {
 protected:
  Status send(std::string url = "https://hooks.example.com/in?x=1") {
    WebhookCall call{.webhook = {std::move(url), "whsec_test"},
                     .event = test::id_of<AlertEventId>(7),
                     .body = R"({"a":1})",
                     .at = from_unix_ms(1'700'000'000'999)};
    return sync_wait(sender.send(std::move(call), Deadline::max()));
  }

  FakeOutsideClient client;
  HttpWebhookSender sender{client};
};

// printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
constexpr std::string_view signature =
    "t=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789";

TEST_F(HttpWebhookSenderTest, SignsTheTimeAndTheBody) {
  ASSERT_TRUE(send());
  EXPECT_EQ(client.seen_headers.find("X-CloudCart-Signature"), signature);
  EXPECT_EQ(client.seen_headers.find("Idempotency-Key"), "00000000-0000-0000-0000-000000000007");
  EXPECT_EQ(client.seen_headers.find("Content-Type"), "application/json");
  EXPECT_EQ(client.seen_url, (http::WebUrl{true, "hooks.example.com", 443, "/in?x=1"}));
  EXPECT_EQ(client.seen_body, R"({"a":1})");
}

TEST_F(HttpWebhookSenderTest, TakesEvery2xxAndNothingElse) {
  for (const int status : {200, 201, 202, 204, 299}) {
    client.answer = status;
    EXPECT_TRUE(send()) << status;
  }
  for (const int status : {199, 301, 307, 400, 404, 410, 500, 503}) {
    client.answer = status;
    const auto sent = send();
    ASSERT_FALSE(sent) << status;
    EXPECT_TRUE(sent.error().message.starts_with("answered " + std::to_string(status)));
  }
  client.answer = 302;
  EXPECT_EQ(send().error().message, "answered 302; redirects are not followed");
}

TEST_F(HttpWebhookSenderTest, HandsOnWhyThereIsNoAnswer) {
  client.answer = fail(ErrorCode::forbidden, "a is at an address that may not be reached");
  EXPECT_EQ(send().error().code, ErrorCode::forbidden);
  EXPECT_FALSE(send("ftp://a"));
  sender.stop();
  EXPECT_TRUE(client.stopped);
}

}  // namespace
}  // namespace cloudcart::analytics
