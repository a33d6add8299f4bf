#include "events/relay.h"

#include <gtest/gtest.h>

#include "adapters/memory/order/memory_relay_progress.h"
#include "support/fake_event_log.h"

namespace cloudcart::events {
namespace {

/// Tells the time of an executor.
class ExecutorClock final : public Clock {
 public:
  explicit ExecutorClock(const Executor& executor) : executor_(executor) {}
  Timestamp now() const override { return from_unix_ms(monotonic_ms()); }
  MonotonicTime monotonic_now() const override { return executor_.now(); }

 private:
  std::int64_t monotonic_ms() const {
    return std::chrono::duration_cast<milliseconds>(executor_.now().time_since_epoch()).count();
  }
  const Executor& executor_;
};

/// Keeps what is published, and fails when it is told to.
class FakePublisher final : public Publisher {
 public:
  struct Published {
    std::int64_t edition, previous, position;
    bool operator==(const Published&) const = default;
  };
  Task<Result<bool>> prepare(std::string mark, Deadline) override {
    if (is_down) co_return fail(ErrorCode::unavailable, "It is down.");
    co_return mark.empty() || (!published.empty() && mark == std::to_string(published.back().position));
  }
  Task<Result<std::string>> publish(std::string, std::int64_t edition, std::vector<Publication> records,
                                    Deadline) override {
    if (is_down) co_return fail(ErrorCode::unavailable, "It is down.");
    for (const auto& [record, previous] : records) published.push_back({edition, previous, record.position});
    ++batches;
    if (answers_lost > 0) {
      --answers_lost;
      co_return fail(ErrorCode::unavailable, "The answer was lost.");
    }
    co_return std::to_string(published.back().position);
  }

  std::vector<Published> published;
  int batches = 0;
  int answers_lost = 0;
  bool is_down = false;
};

/// On a virtual clock.
class RelayTest : public testing::Test {
 protected:
  ManualExecutor executor{true};
  ExecutorClock clock{executor};
  test::FakeEventLog log;
  order::MemoryRelayProgress progress{clock};
  FakePublisher publisher;
  BackgroundLoops loops;
  int running = 0;

  void start(Relay& relay) {
    ++running;
    loops.start("relay", executor, [this, &relay](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await relay.run(stop);
      --running;
    });
  }
  void run_until_published(std::size_t count) {
    executor.run_until([&] { return publisher.published.size() >= count; });
  }
  void run_for(milliseconds time) {
    const auto end = executor.now() + time;
    bool over = false;
    executor.post_at(end, [&] { over = true; });
    executor.run_until([&] { return over; });
  }
  void append(int count) {
    for (int i = 0; i < count; ++i) log.append({});
  }
  RelayLease lease() {
    const Executor::Scope scope(executor);
    std::optional<RelayLease> answer;
    cloudcart::start(progress.hold("observer", milliseconds{0}, Deadline::max()),
                     [&](auto outcome) { answer = std::get<0>(outcome).value(); });
    return *answer;
  }
  void stop() {
    const Executor::Scope scope(executor);
    loops.request_stop();
    executor.run_until([&] { return running == 0; });
  }
};

TEST_F(RelayTest, EveryRecordGoesOutInOrderWithThePositionBeforeIt) {
  append(5);
  Relay relay(log, progress, publisher, "a", {.batch = 2});
  start(relay);
  run_until_published(5);
  append(1);
  run_until_published(6);
  using P = FakePublisher::Published;
  EXPECT_EQ(publisher.published,
            (std::vector<P>{{1, 0, 10}, {1, 10, 20}, {1, 20, 30}, {1, 30, 40}, {1, 40, 50}, {1, 50, 60}}));
  EXPECT_EQ(publisher.batches, 4);
  stop();
  EXPECT_EQ(lease().state.position, 60);
  EXPECT_EQ(relay.events_behind(), 0);
}

TEST_F(RelayTest, LargeEventsGoOutInSmallerBatches) {
  for (const std::size_t lines : {3, 9, 1, 2, 2, 1}) log.append({.lines = std::vector<EventLine>(lines)});
  Relay relay(log, progress, publisher, "a", {.lines = 5});
  start(relay);
  run_until_published(6);
  EXPECT_EQ(publisher.batches, 4) << "3, 9, 1 + 2 + 2, 1";
  using P = FakePublisher::Published;
  EXPECT_EQ(publisher.published[1], (P{1, 10, 20}));
  EXPECT_EQ(publisher.published[5], (P{1, 50, 60}));
  run_for(milliseconds{1'000});
  EXPECT_EQ(relay.events_behind(), 0);
  stop();
}

TEST_F(RelayTest, WhatWasPublishedWithoutAnAnswerIsPublishedAgainWithTheSamePositions) {
  append(2);
  publisher.answers_lost = 1;
  Relay relay(log, progress, publisher, "a");
  start(relay);
  run_until_published(4);
  using P = FakePublisher::Published;
  EXPECT_EQ(publisher.published, (std::vector<P>{{1, 0, 10}, {1, 10, 20}, {1, 0, 10}, {1, 10, 20}}));
  stop();
}

TEST_F(RelayTest, OneOfTwoPublishesAndTheOtherGoesOnWhenItStops) {
  Relay first(log, progress, publisher, "a"), second(log, progress, publisher, "b");
  start(first);
  start(second);
  for (int n = 1; n <= 20; ++n) {
    append(1);
    run_for(milliseconds{700});
    EXPECT_EQ(publisher.published.size(), static_cast<std::size_t>(n)) << "nothing is published twice";
  }
  stop();
}

TEST_F(RelayTest, WhenTheHolderIsGoneAnotherGoesOnAfterTheLease) {
  {
    const Executor::Scope scope(executor);
    cloudcart::start(progress.hold("gone", milliseconds{10'000}, Deadline::max()), [](auto) {});
  }
  append(3);
  Relay relay(log, progress, publisher, "b");
  start(relay);
  run_for(milliseconds{9'000});
  EXPECT_TRUE(publisher.published.empty());
  EXPECT_EQ(relay.events_behind(), 3) << "who stands by tells how far the log is behind";
  EXPECT_EQ(log.records_read(), 0) << "and reads nothing for it";
  run_until_published(3);
  stop();
}

TEST_F(RelayTest, WhileItIsDownTheRelayTellsHowFarItIsBehindAndGoesOnAfter) {
  publisher.is_down = true;
  append(7);
  Relay relay(log, progress, publisher, "a", {.batch = 2});
  start(relay);
  run_for(milliseconds{60'000});
  EXPECT_FALSE(relay.is_well());
  EXPECT_EQ(relay.events_behind(), 7);
  publisher.is_down = false;
  run_until_published(7);
  run_for(milliseconds{1'000});
  EXPECT_TRUE(relay.is_well());
  EXPECT_EQ(relay.events_behind(), 0);
  stop();
}

TEST_F(RelayTest, WhatIsNotThereAnyMoreIsPublishedAgainInANewEdition) {
  append(3);
  Relay relay(log, progress, publisher, "a");
  start(relay);
  run_until_published(3);
  publisher.published.clear();
  run_until_published(3);
  using P = FakePublisher::Published;
  EXPECT_EQ(publisher.published, (std::vector<P>{{2, 0, 10}, {2, 10, 20}, {2, 20, 30}}));
  stop();
}

TEST_F(RelayTest, ARelayAtWorkFollowsAnOrderToStartOver) {
  append(3);
  Relay relay(log, progress, publisher, "a");
  start(relay);
  run_until_published(3);
  {
    const Executor::Scope scope(executor);
    cloudcart::start(progress.start_over(Deadline::max()), [](auto) {});
  }
  run_until_published(6);
  EXPECT_EQ(publisher.published[3], (FakePublisher::Published{2, 0, 10}));
  append(1);
  run_until_published(7);
  stop();
  EXPECT_EQ(lease().state.position, 40);
}

}  // namespace
}  // namespace cloudcart::events
