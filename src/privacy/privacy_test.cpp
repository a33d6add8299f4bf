#include <map>

#include <gtest/gtest.h>

#include "core/json_reader.h"
#include "privacy/erasure_follower.h"
#include "privacy/erasure_json.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/order_history.h"

namespace cloudcart::privacy {
namespace {

/// Keeps erasures as the user service does; fails on demand.
struct FakeFeed final : ErasureFeed {
  std::vector<Erasure> erasures;
  std::map<UserId, Erased> reports;
  bool report_fails = false;

  void add(std::uint32_t user) {
    erasures.push_back({.seq = std::ssize(erasures) + 1,
                        .tenant = {},
                        .user = test::numbered<UserId>(user),
                        .requested_at = {}});
  }
  Task<Result<ErasureBatch>> read(std::int64_t after, Deadline) override {
    ErasureBatch batch{.erasures = {}, .last = after, .highest = std::ssize(erasures)};
    for (const auto& erasure : erasures) {
      if (erasure.seq != after + 1) continue;  // one at a time
      batch.erasures.push_back(erasure);
      batch.last = erasure.seq;
    }
    co_return batch;
  }
  Task<Result<std::vector<Erasure>>> outstanding(Holder, Timestamp, Deadline) override {
    std::vector<Erasure> found;
    for (const auto& erasure : erasures)
      if (!reports[erasure.user].is_done) found.push_back(erasure);
    co_return found;
  }
  Task<Status> report(ErasureReport report, Deadline) override {
    if (report_fails) co_return fail(ErrorCode::unavailable, "gone");
    reports[report.user] = report.erased;
    co_return Status{};
  }
};

struct FakeHandler final : ErasureHandler {
  std::vector<std::int64_t> learnt;
  std::map<UserId, int> erased;
  std::optional<UserId> failing;

  bool remembers() const override { return true; }
  Task<Status> learn(std::vector<Erasure> erasures) override {
    for (const auto& erasure : erasures) learnt.push_back(erasure.seq);
    co_return Status{};
  }
  Task<Result<Erased>> erase(Erasure erasure, Deadline) override {
    EXPECT_TRUE(std::ranges::find(learnt, erasure.seq) != learnt.end()) << "learnt first";
    if (failing == erasure.user) co_return fail(ErrorCode::unavailable, "not now");
    ++erased[erasure.user];
    co_return Erased{.is_done = true};
  }
};

class ErasureFollowerTest : public testing::Test {
 protected:
  test::FakeClock clock;
  FakeFeed feed;
  FakeHandler handler;
  ErasureFollower follower{Holder::analytics, feed, handler, clock};
  const UserId one = test::numbered<UserId>(1), two = test::numbered<UserId>(2);
};

TEST_F(ErasureFollowerTest, EachIsLearntAndCarriedOutOnce) {
  feed.add(1);
  feed.add(2);
  ASSERT_TRUE(sync_wait(follower.look()));
  ASSERT_TRUE(sync_wait(follower.look()));
  EXPECT_EQ(handler.learnt, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(handler.erased[one], 1);
  EXPECT_TRUE(feed.reports[one].is_done);
  EXPECT_TRUE(feed.reports[two].is_done);
}

TEST_F(ErasureFollowerTest, OneThatFailsKeepsNoOtherBack) {
  feed.add(1);
  feed.add(2);
  handler.failing = one;
  EXPECT_EQ(sync_wait(follower.look()).error().message, "not now");
  EXPECT_FALSE(feed.reports[one].is_done);
  EXPECT_TRUE(feed.reports[two].is_done);
  handler.failing.reset();
  EXPECT_TRUE(sync_wait(follower.look()));
  EXPECT_TRUE(feed.reports[one].is_done);
}

TEST_F(ErasureFollowerTest, WithoutAReportItIsDoneAgain) {
  feed.add(1);
  feed.report_fails = true;
  EXPECT_FALSE(sync_wait(follower.look()));
  feed.report_fails = false;
  EXPECT_TRUE(sync_wait(follower.look()));
  EXPECT_EQ(handler.erased[one], 2);
  EXPECT_TRUE(feed.reports[one].is_done);
}

TEST_F(ErasureFollowerTest, NoneIsDoneBeforeItHasSettled) {
  ErasureFollower settling{Holder::order, feed, handler, clock, {.settling = seconds{315}}};
  feed.add(1);
  feed.erasures[0].requested_at = clock.now();
  clock.advance(milliseconds{314'999});
  ASSERT_TRUE(sync_wait(settling.look()));
  EXPECT_EQ(handler.erased[one], 1) << "but erased at once";
  EXPECT_FALSE(feed.reports[one].is_done);
  clock.advance(milliseconds{1});
  ASSERT_TRUE(sync_wait(settling.look()));
  EXPECT_TRUE(feed.reports[one].is_done);
}

TEST_F(ErasureFollowerTest, AfterARestoreAllIsLearntAgain) {
  for (const auto user : {1, 2, 3}) feed.add(user);
  ASSERT_TRUE(sync_wait(follower.look()));
  feed.erasures.resize(1);
  ASSERT_TRUE(sync_wait(follower.look()));
  feed.add(4);
  ASSERT_TRUE(sync_wait(follower.look()));
  EXPECT_EQ(handler.learnt, (std::vector<std::int64_t>{1, 2, 3, 1, 2}));
  EXPECT_EQ(handler.erased[test::numbered<UserId>(4)], 1);
}

TEST(ErasureJson, BatchesAndReportsComeBackAsTheyWent) {
  const Erasure erasure{.seq = 7,
                        .tenant = {"main"},
                        .user = test::numbered<UserId>(3),
                        .requested_at = Timestamp{milliseconds{1'700'000'000'123}}};
  JsonWriter batch;
  write_erasures(batch, {.erasures = {erasure}, .last = 7, .highest = 9});
  const auto read = parse_erasures(parse_json(batch.str()).value());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->erasures, std::vector{erasure});
  EXPECT_EQ(read->last, 7);
  EXPECT_EQ(read->highest, 9);

  const ErasureReport report{.tenant = {"main"},
                             .user = erasure.user,
                             .holder = Holder::analytics,
                             .erased = {.is_done = true, .open_orders = 4},
                             .at = erasure.requested_at};
  JsonWriter body;
  write_report(body, report);
  const auto told = parse_report(parse_json(body.str()).value());
  ASSERT_TRUE(told);
  EXPECT_EQ(told->user, report.user);
  EXPECT_EQ(told->holder, report.holder);
  EXPECT_EQ(told->erased, report.erased);
  EXPECT_EQ(told->at, report.at);
}

TEST(ErasureJson, WhatIsNotUnderstoodIsRefusedWhole) {
  EXPECT_FALSE(parse_erasures(parse_json(R"({"erasures":[{"seq":1,"tenant":"main"}],"last":1})").value()));
  EXPECT_FALSE(parse_report(parse_json(R"({"tenant":"main","holder":"nobody"})").value()));
}

}  // namespace
}  // namespace cloudcart::privacy
