#pragma once

#include <gtest/gtest.h>

#include "order/app/compact_events.h"
#include "order/ports/event_retention.h"
#include "support/fake_clock.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

/// What every EventRetention keeps. `Orders` has members `repository`, `log` and `retention` over one state.
template <class Orders>
class EventRetentionContract : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();
  Orders adapters;

  /// An order that goes through `steps`, the first placed n seconds after noon and each a second later.
  void live(std::uint32_t n, std::vector<OrderStatus> steps, TenantId tenant = {}) {
    auto order = sample::order(n, 1, std::move(tenant));
    ASSERT_TRUE(sync_wait(adapters.repository.create(sample::new_order(order), no_deadline)));
    for (const auto step : steps) {
      const auto version = order.version;
      ASSERT_TRUE(order.move_to(step, order.updated_at + seconds{1}));
      ASSERT_TRUE(
          sync_wait(adapters.repository.save_transition(order, version, sample::event(order), no_deadline)));
    }
  }
  Compaction compact(Timestamp before, std::size_t limit = 1000) {
    return sync_wait(adapters.retention.compact(before, limit, no_deadline)).value();
  }
  std::vector<std::int64_t> versions_of(std::uint32_t n, const TenantId& tenant = {}) {
    std::vector<std::int64_t> versions;
    for (const auto& [position, event] : sync_wait(adapters.log.read(0, 1000, no_deadline)).value())
      if (event.order_id == test::numbered<OrderId>(n) && event.tenant == tenant)
        versions.push_back(event.version);
    return versions;
  }
};

using Versions = std::vector<std::int64_t>;
inline const std::vector<OrderStatus> to_the_door{OrderStatus::confirmed, OrderStatus::processing,
                                                  OrderStatus::shipped, OrderStatus::delivered};

TYPED_TEST_SUITE_P(EventRetentionContract);

TYPED_TEST_P(EventRetentionContract, OfAFinishedOrderTheFirstTheLastAndItsShippingStay) {
  this->live(1, to_the_door);
  this->live(2, {OrderStatus::confirmed, OrderStatus::cancelled});
  this->live(3, {OrderStatus::cancelled});
  this->live(4, {OrderStatus::confirmed, OrderStatus::processing, OrderStatus::shipped});
  this->live(1, to_the_door, TenantId{"other"});
  EXPECT_EQ(this->compact(sample::noon + std::chrono::hours{1}).removed, 2 + 1 + 2);
  EXPECT_EQ(this->versions_of(1), (Versions{1, 4, 5}));
  EXPECT_EQ(this->versions_of(2), (Versions{1, 3}));
  EXPECT_EQ(this->versions_of(3), (Versions{1, 2}));
  EXPECT_EQ(this->versions_of(4), (Versions{1, 2, 3, 4}));
  EXPECT_EQ(this->versions_of(1, TenantId{"other"}), (Versions{1, 4, 5}));
  const auto history =
      sync_wait(this->adapters.repository.events_of({}, test::numbered<OrderId>(1), this->no_deadline))
          .value();
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].type, "order.shipped");
  EXPECT_EQ(history[2].type, "order.delivered");
}

TYPED_TEST_P(EventRetentionContract, WhatIsYoungStaysUntilItIsOld) {
  this->live(100, to_the_door);
  EXPECT_EQ(this->compact(sample::noon + seconds{104}).removed, 0) << "the last event is of that very moment";
  EXPECT_EQ(this->versions_of(100).size(), 5U);
  EXPECT_EQ(this->compact(sample::noon + seconds{105}).removed, 2);
}

TYPED_TEST_P(EventRetentionContract, AnOrderThatEndsLaterIsNotForgotten) {
  this->live(1, {OrderStatus::confirmed});
  EXPECT_EQ(this->compact(sample::noon + std::chrono::hours{1}).removed, 0);
  auto order = sample::order(1);
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, order.updated_at + seconds{1}));
  ASSERT_TRUE(order.move_to(OrderStatus::cancelled, order.updated_at + seconds{1}));
  ASSERT_TRUE(sync_wait(
      this->adapters.repository.save_transition(order, 2, sample::event(order), this->no_deadline)));
  EXPECT_EQ(this->compact(sample::noon + std::chrono::hours{1}).removed, 1);
  EXPECT_EQ(this->versions_of(1), (Versions{1, 3}));
}

TYPED_TEST_P(EventRetentionContract, SmallStepsComeToTheSame) {
  for (std::uint32_t n = 1; n <= 7; ++n) this->live(n, to_the_door);
  const auto end = sync_wait(this->adapters.log.end_position(this->no_deadline)).value();
  std::int64_t removed = 0;
  int steps = 0;
  for (;; ++steps) {
    const auto done = this->compact(sample::noon + std::chrono::hours{1}, 3);
    removed += done.removed;
    if (!done.more) break;
    ASSERT_LT(steps, 100);
  }
  EXPECT_EQ(removed, 7 * 2);
  EXPECT_GE(steps, 4);
  EXPECT_EQ(this->compact(sample::noon + std::chrono::hours{1}).removed, 0);
  EXPECT_EQ(sync_wait(this->adapters.log.end_position(this->no_deadline)).value(), end);
  this->live(8, {});
  EXPECT_GT(sync_wait(this->adapters.log.end_position(this->no_deadline)).value(), end);
}

TYPED_TEST_P(EventRetentionContract, TheUseCaseCompactsAllThatIsDue) {
  for (std::uint32_t n = 1; n <= 300; ++n) this->live(n, to_the_door);
  test::FakeClock clock;
  clock.set(sample::noon + std::chrono::hours{24} + seconds{150});
  CompactEvents compact(this->adapters.retention, clock, std::chrono::hours{24});
  ManualExecutor executor;
  BackgroundLoops loops;
  std::optional<std::int64_t> removed;
  loops.start("compaction", executor, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
    removed = (co_await compact.compact_due(stop)).value();
  });
  executor.run_until([&] { return removed.has_value(); });
  // Order n ends n + 4 seconds after noon.
  EXPECT_EQ(removed, 2 * 145);
}

REGISTER_TYPED_TEST_SUITE_P(EventRetentionContract, OfAFinishedOrderTheFirstTheLastAndItsShippingStay,
                            WhatIsYoungStaysUntilItIsOld, AnOrderThatEndsLaterIsNotForgotten,
                            SmallStepsComeToTheSame, TheUseCaseCompactsAllThatIsDue);

}  // namespace cloudcart::order
