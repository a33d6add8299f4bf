#include "adapters/postgres/store/lease.h"

#include <thread>

#include <gtest/gtest.h>

#include "support/postgres_schema.h"

namespace cloudcart::postgres {
namespace {

using namespace std::chrono_literals;

constexpr auto no_deadline = MonotonicTime::max();

class LeaseTest : public testing::Test {
 protected:
  static LeaseOptions options(milliseconds life) { return {.name = "work", .life = life, .pace = 20ms}; }
  static void take(Lease& lease) { ASSERT_TRUE(sync_wait(lease.take(no_deadline))); }
  static void wait_until(const std::function<bool()>& holds) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), give_up);
      std::this_thread::sleep_for(5ms);
    }
  }

  test::PostgresSchema schema;
  Store one_store{schema.options(), "store_test"}, other_store{schema.options(), "store_test"};
};

TEST_F(LeaseTest, OneHoldsItAndRenewsIt) {
  Lease one(one_store, options(1h)), other(other_store, options(1h));
  EXPECT_FALSE(one.leads());
  take(one);
  take(other);
  take(one);
  take(other);
  EXPECT_TRUE(one.leads());
  EXPECT_FALSE(other.leads());
}

TEST_F(LeaseTest, LeasesOfOtherNamesAreOthers) {
  Lease one(one_store, options(1h)), other(other_store, {.name = "other work", .life = 1h});
  take(one);
  take(other);
  EXPECT_TRUE(one.leads());
  EXPECT_TRUE(other.leads());
}

TEST_F(LeaseTest, WhatIsReleasedIsFreeAtOnce) {
  Lease one(one_store, options(1h)), other(other_store, options(1h));
  take(one);
  ASSERT_TRUE(sync_wait(other.release(no_deadline)));
  take(other);
  EXPECT_FALSE(other.leads()) << "it was not the other's to release";
  ASSERT_TRUE(sync_wait(one.release(no_deadline)));
  EXPECT_FALSE(one.leads());
  take(other);
  EXPECT_TRUE(other.leads());
}

/// The holder does nothing any more, as one that is frozen or dead.
TEST_F(LeaseTest, AFrozenHolderLeadsNoMoreBeforeAnotherDoes) {
  Lease frozen(one_store, options(400ms)), other(other_store, options(400ms));
  take(frozen);
  EXPECT_TRUE(frozen.leads());
  wait_until([&] {
    take(other);
    const bool other_leads = other.leads();
    // Asked after the other: it must have stopped by then.
    EXPECT_FALSE(other_leads && frozen.leads());
    return other_leads;
  });
  wait_until([&] {
    take(other);
    return other.leads();
  });
  take(frozen);
  EXPECT_FALSE(frozen.leads() && other.leads()) << "it came to, and another has taken its place";
}

TEST_F(LeaseTest, OfManyWhoRunForItOneAtATimeLeads) {
  constexpr std::size_t processes = 4;
  std::vector<std::unique_ptr<Lease>> leases;
  for (std::size_t i = 0; i < processes; ++i)
    leases.push_back(std::make_unique<Lease>(i % 2 ? one_store : other_store, options(500ms)));
  EventLoop loop("leases");
  loop.start();
  std::vector<std::unique_ptr<BackgroundLoops>> running;
  for (auto& lease : leases) {
    running.push_back(std::make_unique<BackgroundLoops>());
    running.back()->start("lease", loop,
                          [&lease](BackgroundLoops::StopFlag stop) { return lease->run(stop); });
  }
  const auto leader = [&]() -> std::optional<std::size_t> {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < processes; ++i)
      if (leases[i]->leads()) found.push_back(i);
    EXPECT_LE(found.size(), 1U);
    return found.empty() ? std::nullopt : std::optional{found.front()};
  };
  // Each that leads is stopped, and another follows it.
  for (std::size_t left = processes; left > 0; --left) {
    wait_until([&] { return leader().has_value(); });
    const auto stopped = leader();
    if (!stopped) {
      ++left;
      continue;
    }
    running[*stopped]->request_stop();
    running[*stopped]->join();
    EXPECT_FALSE(leases[*stopped]->leads());
  }
  EXPECT_FALSE(leader());
  loop.stop();
}

TEST_F(LeaseTest, WithoutTheServerTheHolderStopsByItself) {
  std::optional<Store> store(std::in_place, schema.options(), "store_test");
  Lease lease(*store, options(300ms));
  take(lease);
  wait_until([&] { return !lease.leads(); });
}

}  // namespace
}  // namespace cloudcart::postgres
