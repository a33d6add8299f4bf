#include "http/rate_limiter.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_client.h"

namespace cloudcart::http {
namespace {

const UserId ada = UserId::parse("01930c5e-7e6d-7abc-8def-000000000001").value();
const UserId bob = UserId::parse("01930c5e-7e6d-7abc-8def-000000000002").value();

class RateLimiterTest : public testing::Test {
 protected:
  struct Asked {
    std::string client = "203.0.113.1";
    std::optional<UserId> user;
    RateClass rate = RateClass::ordinary;
    bool by_gateway = false;
    bool by_service = false;
    bool behind_unknown_proxy = false;
  };
  /// What remains of the quota that is named last, -1 when it is not counted; nullopt when it is refused.
  std::optional<int> ask(const Asked& asked) {
    Route route{Method::get, "/", Access::anyone, {}, asked.rate};
    Request request{.remote_address = asked.client,
                    .received_at = now,
                    .route = &route,
                    .behind_unknown_proxy = asked.behind_unknown_proxy,
                    .by_gateway = asked.by_gateway,
                    .by_service = asked.by_service};
    request.caller.user = asked.user;
    const auto admitted = limiter.admit(request);
    last = request.answer_headers;
    if (!admitted) {
      EXPECT_EQ(admitted.error().code, ErrorCode::rate_limited);
      retry_after = admitted.error().retry_after;
      return std::nullopt;
    }
    if (last.fields().empty()) return -1;
    const std::string_view field = last.fields().back().value;
    return std::stoi(std::string{field.substr(field.find("r=") + 2)});
  }
  int granted(const Asked& asked, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += ask(asked).has_value() ? 1 : 0;
    return count;
  }

  MonotonicTime now = MonotonicTime{} + std::chrono::hours{1};
  RateLimiter limiter{{.per_client = {.requests = 10, .window = seconds{20}},
                       .per_account = {.requests = 4, .window = seconds{20}},
                       .costly_per_client = {.requests = 2, .window = seconds{20}},
                       .exempt = AddressBlocks{{AddressBlock::parse("127.0.0.0/8").value()}},
                       .max_buckets = 1600}};
  Headers last;
  seconds retry_after{0};
};

TEST_F(RateLimiterTest, ABucketIsEmptiedAtOnceAndFilledEvenly) {
  EXPECT_EQ(ask({}), 9);
  EXPECT_EQ(last.find("RateLimit-Policy"), "\"client\";q=10;w=20");
  EXPECT_EQ(last.find("RateLimit"), "\"client\";r=9;t=2");
  EXPECT_EQ(granted({}, 20), 9);
  EXPECT_EQ(retry_after, seconds{2});
  EXPECT_EQ(last.find("RateLimit"), "\"client\";r=0;t=20");
  now += milliseconds{1999};
  EXPECT_EQ(ask({}), std::nullopt);
  EXPECT_EQ(retry_after, seconds{1});
  now += milliseconds{1};
  EXPECT_EQ(ask({}), 0);
  now += seconds{8};
  EXPECT_EQ(granted({}, 20), 4);
  now += std::chrono::hours{1};
  EXPECT_EQ(granted({}, 20), 10) << "no more than a bucket holds";
}

TEST_F(RateLimiterTest, ClientsAreApartAndAnIpv6NetworkIsOne) {
  EXPECT_EQ(granted({}, 20), 10);
  EXPECT_EQ(granted({.client = "203.0.113.2"}, 20), 10);
  EXPECT_EQ(granted({.client = "2001:db8::1"}, 6), 6);
  EXPECT_EQ(granted({.client = "2001:db8::2"}, 20), 4);
}

TEST_F(RateLimiterTest, AnAccountHasOneBucketWhereverItIs) {
  EXPECT_EQ(granted({.client = "203.0.113.1", .user = ada}, 3), 3);
  EXPECT_EQ(granted({.client = "203.0.113.2", .user = ada}, 3), 1);
  EXPECT_EQ(granted({.client = "203.0.113.3", .user = bob}, 3), 3);
}

TEST_F(RateLimiterTest, CostlyRoutesHaveABucketOfTheirOwn) {
  EXPECT_EQ(granted({.rate = RateClass::costly}, 5), 2);
  EXPECT_EQ(granted({}, 20), 8) << "and count as all others do; a refused one does not";
  EXPECT_EQ(granted({.client = "203.0.113.9", .rate = RateClass::costly, .by_gateway = true}, 5), 2);
}

TEST_F(RateLimiterTest, WhatIsNotCounted) {
  EXPECT_EQ(granted({.rate = RateClass::free}, 50), 50);
  EXPECT_EQ(granted({.client = "127.0.0.1"}, 50), 50);
  EXPECT_EQ(granted({.by_gateway = true}, 50), 50);
  EXPECT_EQ(granted({.rate = RateClass::costly, .by_service = true}, 50), 50);
  EXPECT_EQ(limiter.buckets(), 0U);
  EXPECT_TRUE(last.fields().empty());
}

TEST_F(RateLimiterTest, AProxyThatWasForgottenIsCountedLikeAnyClient) {
  EXPECT_EQ(granted({.client = "127.0.0.1", .behind_unknown_proxy = true}, 50), 10);
}

TEST_F(RateLimiterTest, MemoryIsBoundedAndWhoIsAtTheirLimitStaysThere) {
  EXPECT_EQ(granted({}, 20), 10);
  for (int i = 0; i < 20'000; ++i) ask({.client = fmt::format("10.0.{}.{}", i / 250, i % 250)});
  EXPECT_LE(limiter.buckets(), 1600U);
  EXPECT_EQ(ask({}), std::nullopt);
}

TEST(PipelineLimits, RefusalsAreAnswersAndBadTokensCount) {
  test::FakeAuthenticator authenticator;
  SystemClock clock;
  SystemIdGenerator ids(clock);
  Metrics metrics;
  Router router;
  router.add({Method::get, "/mine", Access::signed_in,
              [](Request&) -> Task<Result<Response>> { co_return message_response(200, "yours"); }});
  RateLimiter limiter({.per_client = {.requests = 3, .window = seconds{3600}}});
  Pipeline pipeline(std::move(router), authenticator, clock, ids, metrics,
                    {.service = "test", .rate_limiter = &limiter, .access_log = false});
  const auto ask = [&](std::string target, std::string token) {
    Request request{
        .target = std::move(target), .remote_address = "203.0.113.1", .received_at = clock.monotonic_now()};
    request.headers.set("Authorization", "Bearer " + token);
    return sync_wait(pipeline.handle(std::move(request)));
  };
  EXPECT_EQ(ask("/mine", "guess").status, 401);
  EXPECT_EQ(ask("/nowhere", "guess").status, 404);
  EXPECT_EQ(ask("/mine", "customer:" + ada.to_string()).status, 200);
  const auto refused = ask("/mine", "customer:" + ada.to_string());
  EXPECT_EQ(refused.status, 429);
  EXPECT_TRUE(refused.headers.find("Retry-After"));
  EXPECT_EQ(refused.headers.find("RateLimit-Policy"), "\"client\";q=3;w=3600");
  EXPECT_EQ(ask("/mine", "service").status, 403) << "another service is not counted";
}

}  // namespace
}  // namespace cloudcart::http
