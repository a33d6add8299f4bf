#include "simulation/scheduler.h"

#include <gtest/gtest.h>

#include "runtime/event_loop.h"
#include "runtime/notifier.h"

namespace cloudcart::simulation {
namespace {

std::string order_of_ten(std::uint64_t seed) {
  Scheduler scheduler(seed);
  Process process(scheduler, "process");
  std::string order;
  for (char name = '0'; name <= '9'; ++name) process.post([&order, name] { order += name; });
  while (scheduler.step()) {
  }
  return order;
}

TEST(SchedulerTest, TheSeedDecidesTheOrder) {
  EXPECT_EQ(order_of_ten(7), order_of_ten(7));
  EXPECT_NE(order_of_ten(7), order_of_ten(8));
}

TEST(SchedulerTest, TimeStandsStillWhileAnythingCanRun) {
  Scheduler scheduler(1);
  Process process(scheduler, "process");
  const auto start = scheduler.monotonic_now();
  std::vector<std::pair<int, MonotonicTime>> seen;
  process.post_at(start + seconds{5}, [&] { seen.emplace_back(2, process.now()); });
  process.post([&] { process.post([&] { seen.emplace_back(1, process.now()); }); });
  while (scheduler.step()) {
  }
  EXPECT_EQ(seen, (std::vector<std::pair<int, MonotonicTime>>{{1, start}, {2, start + seconds{5}}}));
}

TEST(SchedulerTest, SettingTheWallClockDoesNotMoveTheMonotonicOne) {
  Scheduler scheduler(1);
  const auto wall = scheduler.now();
  const auto monotonic = scheduler.monotonic_now();
  scheduler.move_wall_clock(std::chrono::hours{-1});
  EXPECT_EQ(scheduler.now(), wall - std::chrono::hours{1});
  EXPECT_EQ(scheduler.monotonic_now(), monotonic);
}

/// A loop that never gives up and a task that sleeps for hours both end, and free what they hold.
TEST(ProcessTest, DeathEndsEverythingThatRuns) {
  Scheduler scheduler(1);
  Process process(scheduler, "process");
  BackgroundLoops loops;
  const auto held = std::make_shared<int>(1);
  bool woke = false;
  loops.start("loop", process, [held](BackgroundLoops::StopFlag stop) -> Task<void> {
    const auto kept = held;
    while (!stop.stopping()) co_await stop.sleep_for(milliseconds{10});
  });
  process.spawn(
      [](std::shared_ptr<int>) -> Task<void> {
        co_await sleep_until(Executor::current()->now() + std::chrono::hours{5});
      }(held),
      [&](const auto&) { woke = !process.is_alive(); });
  for (int i = 0; i < 20; ++i) scheduler.step();
  EXPECT_GT(held.use_count(), 2);

  bool told = false;
  process.on_death([&] { told = true; });
  process.die();
  loops.request_stop();
  process.drain();
  EXPECT_TRUE(told);
  EXPECT_TRUE(woke) << "it ran to its end after the death";
  EXPECT_EQ(process.running(), 0U);
  EXPECT_FALSE(scheduler.step()) << "nothing of it is left";
}

TEST(ProcessTest, ATaskThatWaitsForWhatNeverComesIsADefect) {
  Scheduler scheduler(1);
  Process process(scheduler, "process");
  Notifier never;
  process.spawn(
      [](Notifier& notifier) -> Task<void> {
        co_await notifier.wait(notifier.ticket(), MonotonicTime::max());
      }(never),
      [](const auto&) {});
  process.die();
  EXPECT_THROW(process.drain(), std::logic_error);
  never.notify_all();
  process.drain();
}

}  // namespace
}  // namespace cloudcart::simulation
