#include "analytics/app/rebuild_analytics.h"

#include <thread>

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "analytics/app/get_totals.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::SaleEvents;

/// On a loop of its own, as in the program.
class RebuildAnalyticsTest : public testing::Test {
 protected:
  RebuildAnalyticsTest() { loop.start(); }
  ~RebuildAnalyticsTest() override { stop(); }

  void place(std::uint32_t orders) {
    for (std::uint32_t i = 0; i < orders; ++i)
      log.append(SaleEvents(++placed, 7, {{1, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z")));
  }
  void catch_up() {
    const auto end = sync_wait(log.end_position(Deadline::max())).value();
    auto records =
        sync_wait(log.read(sync_wait(store.position(Deadline::max())).value(), 10'000, Deadline::max()));
    ASSERT_TRUE(sync_wait(store.apply(*std::move(records), Deadline::max())));
    ASSERT_EQ(sync_wait(store.position(Deadline::max())).value(), end);
  }
  void run() {
    background.start("rebuild", loop, [this](BackgroundLoops::StopFlag flag) { return rebuild.run(flag); });
  }
  void stop() {
    if (std::exchange(stopped, true)) return;
    background.request_stop();
    background.join();
    loop.stop();
  }
  bool becomes(RebuildAnalytics::Phase phase) const {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (rebuild.progress().phase != phase) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  MemoryAnalyticsStore store;
  test::FakeEventLog log;
  LiveFeed feed{0};
  RebuildAnalytics rebuild{store, store, log, feed, clock};
  EventLoop loop{"rebuild"};
  BackgroundLoops background;
  std::uint32_t placed = 0;
  bool stopped = false;
};

TEST_F(RebuildAnalyticsTest, GoesThroughTheWholeLogAndAnswersTheSameAfterwards) {
  place(2500);
  catch_up();
  const auto before = sync_wait(GetTotals(store)({})).value();
  EXPECT_EQ(rebuild.progress().phase, RebuildAnalytics::Phase::idle);
  EXPECT_TRUE(rebuild.request());
  EXPECT_FALSE(rebuild.request());
  run();
  ASSERT_TRUE(becomes(RebuildAnalytics::Phase::done));
  EXPECT_EQ(feed.amendments(), 1) << "it was told before it was done";
  stop();
  EXPECT_EQ(sync_wait(GetTotals(store)({})).value(), before);
  const auto progress = rebuild.progress();
  EXPECT_EQ(progress.position, before.position);
  EXPECT_EQ(progress.end, before.position);
  EXPECT_EQ(progress.finished_at, clock.now());
  EXPECT_TRUE(rebuild.request());
}

TEST_F(RebuildAnalyticsTest, TriesAgainWhenTheLogDoesNotAnswer) {
  place(3);
  catch_up();
  log.fail_reads(1);
  rebuild.request();
  run();
  ASSERT_TRUE(becomes(RebuildAnalytics::Phase::done));
  stop();
  EXPECT_EQ(sync_wait(GetTotals(store)({})).value().all.placed_orders, 3);
  EXPECT_EQ(rebuild.progress().trouble, "");
}

}  // namespace
}  // namespace cloudcart::analytics
