#include "http/connection_slots.h"

#include <latch>

#include <gtest/gtest.h>

#include "runtime/event_loop.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

class ConnectionSlotsTest : public testing::Test {
 protected:
  /// Appends `name` when a slot was got, or its opposite; holds it in `held`.
  void take(const std::string& name, MonotonicTime::duration limit = 10s,
            std::shared_ptr<Cancellation> cancellation = nullptr) {
    start(slots.take(executor.now() + limit, std::move(cancellation)), [this, name](auto outcome) {
      auto& slot = std::get<0>(outcome);
      got.push_back(slot ? name : "not " + name);
      if (slot) held.push_back(*std::move(slot));
    });
  }
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  ConnectionSlots slots{2, 2};
  std::deque<ConnectionSlots::Slot> held;
  std::vector<std::string> got;
};

using Got = std::vector<std::string>;

TEST_F(ConnectionSlotsTest, SoManyAtATimeAndTheOthersInTheirOrder) {
  for (const auto* name : {"a", "b", "c", "d"}) take(name);
  EXPECT_EQ(got, (Got{"a", "b"}));
  held.pop_front();
  pass(1ms);
  EXPECT_EQ(got, (Got{"a", "b", "c"}));
  EXPECT_EQ(slots.in_use(), 2);
  held.clear();
  pass(1ms);
  EXPECT_EQ(got, (Got{"a", "b", "c", "d"}));
  held.clear();
  EXPECT_EQ(slots.in_use(), 0);
}

TEST_F(ConnectionSlotsTest, TooManyThatWaitAreRefusedAtOnce) {
  for (const auto* name : {"a", "b", "c", "d", "e"}) take(name);
  EXPECT_EQ(got, (Got{"a", "b", "not e"}));
  held.clear();
  pass(1ms);
}

TEST_F(ConnectionSlotsTest, NobodyWaitsBeyondItsTime) {
  take("a"), take("b");
  take("c", 100ms);
  take("d", 1s);
  pass(99ms);
  EXPECT_EQ(got, (Got{"a", "b"}));
  pass(2ms);
  EXPECT_EQ(got, (Got{"a", "b", "not c"}));
  held.pop_front();
  pass(1ms);
  EXPECT_EQ(got, (Got{"a", "b", "not c", "d"})) << "and its turn is the next one's";
  pass(2s);
  EXPECT_EQ(got.size(), 4);
}

TEST_F(ConnectionSlotsTest, WhoGivesUpWaitsNoLonger) {
  take("a"), take("b");
  const auto cancellation = std::make_shared<Cancellation>();
  take("c", 10s, cancellation);
  take("d");
  cancellation->request();
  pass(1ms);
  EXPECT_EQ(got, (Got{"a", "b", "not c"}));
  take("e", 10s, cancellation);
  EXPECT_EQ(got.back(), "not e");
  held.pop_front();
  pass(1ms);
  EXPECT_EQ(got.back(), "d");
}

TEST(ConnectionSlotsThreadsTest, NeverMoreThanThereAreFromManyLoops) {
  constexpr int each = 300;
  ConnectionSlots slots(3, 1'000'000);
  std::array<EventLoop, 3> loops{EventLoop{"a"}, EventLoop{"b"}, EventLoop{"c"}};
  std::atomic<int> inside = 0, most = 0;
  std::latch done{3 * each};
  const auto use = [&]() -> Task<void> {
    const auto slot = co_await slots.take(MonotonicTime::max());
    most = std::max(most.load(), ++inside);
    co_await sleep_until(Executor::current()->now());
    --inside;
  };
  for (auto& loop : loops) {
    loop.start();
    for (int i = 0; i < each; ++i) loop.post([&] { start(use(), [&](auto) { done.count_down(); }); });
  }
  done.wait();
  for (auto& loop : loops) loop.stop();
  EXPECT_LE(most, 3);
  EXPECT_EQ(slots.in_use(), 0);
}

}  // namespace
}  // namespace cloudcart::http
