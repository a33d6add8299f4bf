#include "events/lag_watch.h"

#include <gtest/gtest.h>

#include "support/fake_event_log.h"

namespace cloudcart::events {
namespace {

using namespace std::chrono_literals;

class LagWatchTest : public testing::Test {
 protected:
  void look() {
    bool done = false;
    start(watch.look(), [&](auto) { done = true; });
    executor.run_until([&] { return done; });
  }
  void pass(milliseconds time) {
    bool over = false;
    executor.post_at(executor.now() + time, [&] { over = true; });
    executor.run_until([&] { return over; });
  }
  /// Looks once a second for so long, as run() does.
  void watch_for(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      pass(1s);
      look();
    }
  }
  double value(const std::string& name) {
    const auto line = "\n" + name + "{consumer=\"some\"} ";
    const auto text = metrics.text();
    const auto at = text.find(line);
    if (at == std::string::npos) throw std::logic_error("no " + name);
    return std::stod(text.substr(at + line.size()));
  }
  double events_behind() { return value("cloudcart_consumer_events_behind"); }
  double seconds_behind() { return value("cloudcart_consumer_behind_seconds"); }
  void append(int events) {
    for (int i = 0; i < events; ++i) log.append({});
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  Metrics metrics;
  test::FakeEventLog log;
  Result<std::int64_t> position = 0;
  LagWatch watch{log, {{"some", [this](Deadline) -> Task<Result<std::int64_t>> { co_return position; }}}};
  void SetUp() override { watch.measure(metrics); }
};

TEST_F(LagWatchTest, WhoHasAppliedAllIsNotBehind) {
  append(3);
  position = 30;
  watch_for(5);
  EXPECT_EQ(events_behind(), 0);
  EXPECT_EQ(seconds_behind(), 0);
  EXPECT_EQ(value("cloudcart_consumer_position"), 30);
}

TEST_F(LagWatchTest, WhoStandsIsBehindForAsLongAsThereHasBeenMore) {
  append(1);
  position = 10;
  watch_for(60);
  append(2);
  watch_for(1);
  EXPECT_EQ(seconds_behind(), 0);
  watch_for(30);
  EXPECT_EQ(events_behind(), 2);
  EXPECT_NEAR(seconds_behind(), 30, 0.1);
}

TEST_F(LagWatchTest, WhoMovesIsBehindForTheAgeOfWhatIsNext) {
  for (int i = 0; i < 20; ++i) {
    append(1);
    watch_for(1);
  }
  position = 150;  // the sixteenth event came five looks ago
  watch_for(1);
  EXPECT_EQ(events_behind(), 5);
  EXPECT_NEAR(seconds_behind(), 5, 0.1);
  position = 200;
  watch_for(1);
  EXPECT_EQ(seconds_behind(), 0);
}

TEST_F(LagWatchTest, OneThatCannotTellStandsWhereItStoodAndALogThatCannotBeAskedStandsStill) {
  append(2);
  position = 10;
  watch_for(1);
  position = fail(ErrorCode::unavailable, "told to fail");
  log.fail_ends(100);
  watch_for(10);
  EXPECT_EQ(events_behind(), 1);
  EXPECT_NEAR(seconds_behind(), 10, 0.1);
}

TEST_F(LagWatchTest, DaysOfLagAreKnownWithFewMarks) {
  for (int i = 0; i < 5'000; ++i) {
    append(1);
    watch_for(1);
  }
  EXPECT_EQ(events_behind(), 5'000);
  EXPECT_NEAR(seconds_behind(), 4'999, 0.1);
  position = 25'000;
  watch_for(1);
  EXPECT_NEAR(seconds_behind(), 2'500, 250);
}

}  // namespace
}  // namespace cloudcart::events
