#include "recommendation/app/erase_customer.h"

#include <gtest/gtest.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "adapters/memory/recommendation/memory_experiments.h"
#include "adapters/memory/recommendation/memory_model_snapshots.h"
#include "adapters/memory/recommendation/memory_quality_ledger.h"
#include "recommendation/app/experiment_app.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

/// One process of several on a shared store.
class EraseCustomerTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryExperiments store;
  MemoryAssortment assortment;
  MemoryModelSnapshots snapshots;
  MemoryQualityLedger quality;
  test::FakeEventLog log;
  OffloadPool pool{"test-training", 1, 10};
  privacy::ErasedCustomers erased;
  ExperimentApp experiments{
      {.experiments = store, .ledger = store, .log = log, .clock = clock, .ids = ids, .erased = erased}};
  RecommendationApp recommendations{{.log = log,
                                     .assortment = assortment,
                                     .snapshots = snapshots,
                                     .quality = quality,
                                     .clock = clock,
                                     .training = pool,
                                     .experiments = experiments.choice,
                                     .erased = erased}};
  EraseCustomer handler{erased, recommendations, store, clock, seconds{315}};
  const UserId customer = test::user(1);

  std::vector<FeedbackOutcome> send(const std::string& impression) {
    return sync_wait(experiments.record_feedback({}, "10.0.0.1", {{impression, {}}})).value();
  }
  /// In an experiment that it is counted in; answers the impression.
  std::string counted() {
    const Caller staff{.user = test::user(100), .role = Role::staff};
    ExperimentPlan plan{.name = "Versuch"};
    plan.variants = {{"now", Algorithm::blend, 1, true}, {"new", Algorithm::popular, 1, false}};
    const auto created = sync_wait(experiments.manage.create(staff, std::move(plan))).value();
    EXPECT_TRUE(sync_wait(experiments.manage.start(staff, created.id)));
    const auto chosen =
        experiments.choice.choose({}, TaskKind::next_order, Subject::customer(customer), clock.now());
    const std::vector<Drafted> shown{{test::product(1)}};
    const auto impression = chosen->impression(shown);
    EXPECT_EQ(send(impression), std::vector{FeedbackOutcome::counted});
    return impression;
  }
  std::size_t participations() {
    return sync_wait(store.participations({}, customer, Deadline::max())).value().size();
  }
  Status learn(Timestamp requested_at) {
    return sync_wait(
        handler.learn({{.seq = 1, .tenant = {}, .user = customer, .requested_at = requested_at}}));
  }
};

TEST_F(EraseCustomerTest, WhatWasCountedBeforeItWasLearntIsErased) {
  const auto erased_at = clock.now();
  clock.advance(seconds{60});  // others have erased, and this process does not know yet
  const auto impression = counted();
  ASSERT_EQ(participations(), 1U);
  ASSERT_TRUE(learn(erased_at));
  EXPECT_EQ(participations(), 0U);
  EXPECT_EQ(send(impression), std::vector{FeedbackOutcome::expired});
  EXPECT_EQ(participations(), 0U);
}

TEST_F(EraseCustomerTest, AStartDoesNotGoThroughAllThatWereEverErased) {
  const auto before = clock.now() - seconds{315} - ExperimentBounds{}.impression_life;
  counted();
  ASSERT_TRUE(learn(before - milliseconds{1}));
  EXPECT_EQ(participations(), 1U);
  ASSERT_TRUE(learn(before));
  EXPECT_EQ(participations(), 0U);
}

}  // namespace
}  // namespace cloudcart::recommendation
