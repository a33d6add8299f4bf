#include "recommendation/app/examine_orders.h"

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_quality_ledger.h"
#include "recommendation/app/get_quality.h"
#include "support/fake_clock.h"
#include "support/fake_leadership.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;

/// Breaks off as often as it is told to.
class FailingLedger final : public QualityLedger {
 public:
  Task<Status> add(std::vector<QualityDay> days, Deadline deadline) override {
    if (failure) co_return fail(*failure, "not now");
    co_return co_await kept.add(std::move(days), deadline);
  }
  Task<Result<std::vector<QualityDay>>> read(TenantId tenant, std::chrono::sys_days from,
                                             std::chrono::sys_days to, Deadline deadline) override {
    return kept.read(std::move(tenant), from, to, deadline);
  }
  MemoryQualityLedger kept;
  std::optional<ErrorCode> failure;
};

class ExamineOrdersTest : public testing::Test {
 protected:
  /// An order of two products that is placed now.
  events::LogRecord placed(std::uint32_t number) {
    auto event = bought(number, 1, {{1}, {2}});
    event.timestamp = clock.now();
    return {number, event};
  }
  void learn(std::vector<events::LogRecord> records) {
    ASSERT_TRUE(sync_wait(examine.apply(std::move(records), Deadline::max())));
  }
  std::int64_t cases(QualityTask task = QualityTask::next) {
    const auto report = sync_wait(get_quality({}, 30)).value();
    std::int64_t sum = 0;
    for (const auto& day : report.days) sum += day.task == task ? day.tally.cases : 0;
    return sum;
  }

  test::FakeClock clock;
  ModelHolder models{{}};
  FailingLedger ledger;
  test::FakeLeadership leadership;
  ExamineOrders examine{models, ledger, clock, {.per_second = 3, .burst = 3}, leadership};
  GetQuality get_quality{examine, ledger, clock};
};

TEST_F(ExamineOrdersTest, AnOrderIsExaminedBeforeItIsLearntAndThenLearnt) {
  learn({placed(1)});
  EXPECT_EQ(models.orders(), 1u);
  const auto first = sync_wait(get_quality({}, 1)).value().days;
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].tally.hits, 0)
      << "nothing was known yet: had it been learnt first, it would have been foretold";
  learn({placed(2)});
  EXPECT_EQ(sync_wait(get_quality({}, 1)).value().days[0].tally.hits, 1);
  EXPECT_EQ(cases(), 2);
  EXPECT_EQ(cases(QualityTask::basket), 2);
}

TEST_F(ExamineOrdersTest, OfSeveralProcessesTheOneThatLeadsExamines) {
  leadership.leading = false;
  learn({placed(1)});
  EXPECT_EQ(cases(), 0);
  EXPECT_EQ(models.orders(), 1u) << "all learn";
  const auto anothers = placed(2);
  clock.advance(seconds{1});
  leadership.leading = true;
  learn({anothers, placed(3)});
  EXPECT_EQ(cases(), 1) << "what was placed before it led may have been examined by another";
}

TEST_F(ExamineOrdersTest, OnlyNewSalesThatComeLiveAreExamined) {
  auto old = placed(1), imported = placed(2), cancelled = placed(3), moved_on = placed(4);
  old.event.timestamp = clock.now() - seconds{61};
  imported.event.status = OrderStatus::delivered;
  cancelled.event.type = "order.cancelled";
  moved_on.event.type = "order.confirmed";
  auto credit = placed(5);
  credit.event.kind = OrderKind::credit_note;
  learn({old, imported, cancelled, moved_on, credit});
  EXPECT_EQ(cases(), 0);
  EXPECT_EQ(examine.counts().passed_over, 0);
}

TEST_F(ExamineOrdersTest, MoreThanTheTimeAllowsIsLearntAndPassedOver) {
  learn({placed(1), placed(2), placed(3), placed(4), placed(5)});
  EXPECT_EQ(cases(), 3);
  EXPECT_EQ(examine.counts().examined, 3);
  EXPECT_EQ(examine.counts().passed_over, 2);
  EXPECT_EQ(models.orders(), 5u);
  clock.advance(seconds{1});
  learn({placed(6), placed(7), placed(8), placed(9)});
  EXPECT_EQ(cases(), 6);
}

TEST_F(ExamineOrdersTest, WhatCannotBeWrittenStaysAndWhatMayHaveBeenWrittenDoesNotCountTwice) {
  ledger.failure = ErrorCode::unavailable;
  learn({placed(1)});
  EXPECT_FALSE(sync_wait(get_quality({}, 1)));
  ledger.failure.reset();
  EXPECT_EQ(cases(), 1);
  EXPECT_EQ(cases(), 1) << "once written it is not written again";
  ledger.failure = ErrorCode::outcome_unknown;
  learn({placed(2)});
  EXPECT_FALSE(sync_wait(examine.flush(Deadline::max())));
  ledger.failure.reset();
  EXPECT_EQ(cases(), 1);
}

TEST_F(ExamineOrdersTest, ItIsWrittenEveryFewSecondsWithoutBeingAsked) {
  learn({placed(1)});  // the first call writes at once
  learn({placed(2)});
  const auto kept = [this] {
    const auto today = std::chrono::floor<std::chrono::days>(clock.now());
    const auto days = sync_wait(ledger.kept.read({}, today, today, Deadline::max())).value();
    return days.empty() ? 0 : days.front().tally.cases;
  };
  EXPECT_EQ(kept(), 1);
  clock.advance(seconds{5});
  learn({placed(3)});
  EXPECT_EQ(kept(), 3);
}

TEST_F(ExamineOrdersTest, AReportIsOfTheDaysAskedFor) {
  learn({placed(1)});
  clock.advance(std::chrono::hours{24 * 3});
  learn({placed(2)});
  EXPECT_EQ(sync_wait(get_quality({}, 3)).value().days.size(), 2u) << "today, both tasks";
  EXPECT_EQ(sync_wait(get_quality({}, 4)).value().days.size(), 4u);
  const auto report = sync_wait(get_quality({}, 4)).value();
  EXPECT_EQ((report.to - report.from).count(), 3);
  EXPECT_TRUE(sync_wait(get_quality({.tenant = TenantId{"other"}}, 4)).value().days.empty());
}

}  // namespace
}  // namespace cloudcart::recommendation
