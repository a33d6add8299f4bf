#pragma once

#include <gmock/gmock.h>

#include "recommendation/ports/quality_ledger.h"

namespace cloudcart::recommendation {

/// A Fixture has `QualityLedger& ledger()`, empty at first, and `reopen()`.
template <class Fixture>
class QualityContract : public testing::Test {
 protected:
  using Day = std::chrono::sys_days;

  static QualityDay day(int number, QualityTask task, std::int64_t cases, TenantId tenant = {}) {
    return {.tenant = std::move(tenant),
            .day = Day{std::chrono::days{20'000 + number}},
            .task = task,
            .tally = {.cases = cases,
                      .hits = cases / 2,
                      .gain = 0.25 * static_cast<double>(cases),
                      .baseline_hits = 1,
                      .baseline_gain = 0.125,
                      .discordant = 1}};
  }
  void add(std::vector<QualityDay> days) {
    ASSERT_TRUE(sync_wait(fixture.ledger().add(std::move(days), Deadline::max())));
  }
  std::vector<QualityDay> read(int from, int to, TenantId tenant = {}) {
    return sync_wait(fixture.ledger().read(std::move(tenant), Day{std::chrono::days{20'000 + from}},
                                           Day{std::chrono::days{20'000 + to}}, Deadline::max()))
        .value();
  }
  Fixture fixture;
};
TYPED_TEST_SUITE_P(QualityContract);

TYPED_TEST_P(QualityContract, DaysComeInOrderAndOnlyThoseAskedFor) {
  this->add({this->day(2, QualityTask::basket, 4), this->day(1, QualityTask::next, 2),
             this->day(2, QualityTask::next, 6)});
  EXPECT_EQ(this->read(1, 2),
            (std::vector{this->day(1, QualityTask::next, 2), this->day(2, QualityTask::next, 6),
                         this->day(2, QualityTask::basket, 4)}));
  EXPECT_EQ(this->read(1, 1), (std::vector{this->day(1, QualityTask::next, 2)}));
  EXPECT_TRUE(this->read(3, 9).empty());
}

TYPED_TEST_P(QualityContract, WhatIsAddedAddsUpAndStays) {
  this->add({this->day(1, QualityTask::next, 2)});
  this->add({this->day(1, QualityTask::next, 4)});
  this->fixture.reopen();
  auto sum = this->day(1, QualityTask::next, 2);
  sum.tally.add(this->day(1, QualityTask::next, 4).tally);
  EXPECT_EQ(this->read(1, 1), (std::vector{sum}));
}

TYPED_TEST_P(QualityContract, ShopsDoNotSeeEachOther) {
  this->add({this->day(1, QualityTask::next, 2, TenantId{"other"})});
  EXPECT_TRUE(this->read(0, 9).empty());
  EXPECT_EQ(this->read(0, 9, TenantId{"other"}).size(), 1u);
}

TYPED_TEST_P(QualityContract, OldDaysAreForgottenAsNewOnesCome) {
  this->add({this->day(0, QualityTask::next, 1), this->day(1, QualityTask::next, 1)});
  this->add({this->day(QualityLedger::kept_days, QualityTask::next, 1)});
  EXPECT_EQ(this->read(0, QualityLedger::kept_days).size(), 2u);
  EXPECT_TRUE(this->read(0, 0).empty());
}

REGISTER_TYPED_TEST_SUITE_P(QualityContract, DaysComeInOrderAndOnlyThoseAskedFor, WhatIsAddedAddsUpAndStays,
                            ShopsDoNotSeeEachOther, OldDaysAreForgottenAsNewOnesCome);

}  // namespace cloudcart::recommendation
