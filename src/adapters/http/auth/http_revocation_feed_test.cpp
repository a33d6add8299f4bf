#include "adapters/http/auth/http_revocation_feed.h"

#include <gtest/gtest.h>

#include "auth/revocation_json.h"
#include "http/problem.h"
#include "runtime/executor.h"

namespace cloudcart::auth {
namespace {

class FakeUserService final : public http::Client {
 public:
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    asked = request.target;
    shown = request.headers.find("Authorization").value_or("");
    co_return answer;
  }
  std::string asked, shown;
  Result<http::Response> answer = http::Response{};
};

TEST(HttpRevocationFeedTest, ReadsWhatTheUserServiceWrites) {
  const RevocationBatch batch{
      {{7,
        {},
        SessionEnded{SessionId::parse("01930c5e-7e6d-7abc-8def-000000000001").value()},
        parse_rfc3339("2026-01-01T00:00:00.000Z").value()}},
      7,
      8};
  JsonWriter data;
  write_revocations(data, batch);
  FakeUserService service;
  service.answer = http::data_response(200, std::move(data));
  HttpRevocationFeed feed(service, [](const TenantId&) { return std::string{"secret"}; });
  const auto read = sync_wait(feed.read(6, Deadline::max()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->revocations, batch.revocations);
  EXPECT_EQ(read->last, 7);
  EXPECT_EQ(read->highest, 8);
  EXPECT_EQ(service.shown, "Bearer secret");
  EXPECT_EQ(service.asked, "/internal/revocations?after=6");
}

TEST(HttpRevocationFeedTest, AnAnswerThatIsNoFeedIsAnError) {
  FakeUserService service;
  HttpRevocationFeed feed(service, [](const TenantId&) { return std::string{"secret"}; });
  service.answer = http::json_response(200, "{}");
  EXPECT_FALSE(sync_wait(feed.read(0, Deadline::max())));
  service.answer = http::problem_response({ErrorCode::overloaded, "busy", {}}, "id");
  EXPECT_EQ(sync_wait(feed.read(0, Deadline::max())).error().code, ErrorCode::overloaded);
}

}  // namespace
}  // namespace cloudcart::auth
