#pragma once

#include <gtest/gtest.h>

#include "analytics/domain/report_queries.h"
#include "analytics/ports/dead_letters.h"
#include "analytics/ports/rebuild.h"
#include "analytics/ports/sales_cube.h"
#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {

using test::at;
using test::id_of;
using test::logged;
using test::SaleEvents;

/// What every store keeps to as DeadLetters and as Rebuild. `Fixture` has store(), new and empty, of a shop in pounds,
/// and restart_in(currency), after which store() is the same as after a restart with that setting.
template <class Fixture>
class UpkeepContract : public testing::Test {
 protected:
  Applied apply(std::vector<events::LogRecord> records) {
    return sync_wait(fixture_.store().apply(std::move(records), Deadline::max())).value();
  }
  SalesFigures total() {
    auto answers =
        sync_wait(fixture_.store().ask({}, {{CubeQuery{.moments = {all_time}}}, 0}, Deadline::max()));
    return answers.value().answers[0].total;
  }
  DeadLetters::Page letters(std::int64_t offset = 0, std::int64_t limit = 10, TenantId tenant = {}) {
    return sync_wait(fixture_.store().list_dead_letters(std::move(tenant), offset, limit, Deadline::max()))
        .value();
  }
  Totals totals(TenantId tenant = {}) {
    return sync_wait(fixture_.store().totals(std::move(tenant), Deadline::max())).value();
  }
  Result<DeadLetters::Retried> retry(std::int64_t position, TenantId tenant = {}) {
    return sync_wait(fixture_.store().retry_dead_letter(std::move(tenant), position, Deadline::max()));
  }
  bool switch_over() { return sync_wait(fixture_.store().switch_over(Deadline::max())).value(); }
  void begin_rebuild() { ASSERT_TRUE(sync_wait(fixture_.store().begin_rebuild(Deadline::max()))); }
  Result<std::int64_t> apply_to_rebuild(std::vector<events::LogRecord> records) {
    return sync_wait(fixture_.store().apply_to_rebuild(std::move(records), Deadline::max()));
  }
  void remove_remains() {
    while (sync_wait(fixture_.store().remove_remains(Deadline::max())).value()) {
    }
  }

  static events::OrderEvent sale(std::uint32_t order, std::int64_t amount,
                                 std::string_view currency = "GBP") {
    auto event = SaleEvents(order, 7, {{1, 1, amount}}).placed(at("2026-07-14T12:00:00.000Z"));
    event.currency = Currency::parse(currency).value();
    return event;
  }

  Fixture fixture_;
};

TYPED_TEST_SUITE_P(UpkeepContract);

TYPED_TEST_P(UpkeepContract, AnEventThatCannotBeAddedUpIsKeptAndTheRestGoesOn) {
  const auto euros = this->sale(2, 900, "EUR");
  const auto applied = this->apply(logged({this->sale(1, 100), euros, this->sale(3, 10)}));
  EXPECT_EQ(applied.events, 3u);
  EXPECT_EQ(applied.dead_letters, 1u);
  EXPECT_EQ(applied.placed.size(), 2u);
  EXPECT_EQ(applied.position, 3);
  EXPECT_EQ(this->total().gross, Money{110});
  const auto page = this->letters();
  EXPECT_EQ(page.total, 1);
  ASSERT_EQ(page.letters.size(), 1u);
  EXPECT_EQ(page.letters[0].position, 2);
  EXPECT_EQ(page.letters[0].event, euros);
  EXPECT_EQ(page.letters[0].attempts, 1);
  EXPECT_NE(page.letters[0].reason.find("EUR"), std::string::npos);
}

TYPED_TEST_P(UpkeepContract, ARepeatedDeliveryMakesNoSecondLetter) {
  const auto records = logged({this->sale(1, 900, "EUR")});
  this->apply(records);
  this->apply(records);
  EXPECT_EQ(this->letters().total, 1);
}

TYPED_TEST_P(UpkeepContract, LettersAreListedInOrderOfTheLogPageByPageAndShopByShop) {
  std::vector<events::OrderEvent> events;
  for (std::uint32_t order = 1; order <= 5; ++order) events.push_back(this->sale(order, 100, "EUR"));
  events[3].tenant = TenantId{"other"};
  this->apply(logged(std::move(events)));
  const auto page = this->letters(1, 2);
  EXPECT_EQ(page.total, 4);
  ASSERT_EQ(page.letters.size(), 2u);
  EXPECT_EQ(page.letters[0].position, 2);
  EXPECT_EQ(page.letters[1].position, 3);
  EXPECT_EQ(this->letters(0, 10, TenantId{"other"}).total, 1);
  EXPECT_EQ(this->retry(4).error().code, ErrorCode::not_found);
  EXPECT_EQ(this->totals().dead_letters, (std::vector<std::int64_t>{1, 2, 3, 5}));
  EXPECT_EQ(this->totals().position, 5);
  EXPECT_EQ(this->totals(TenantId{"other"}).dead_letters, std::vector<std::int64_t>{4});
}

TYPED_TEST_P(UpkeepContract, ARetryThatFailsKeepsTheLetterAndCountsTheAttempt) {
  this->apply(logged({this->sale(1, 900, "EUR")}));
  const auto retried = this->retry(1).value();
  EXPECT_TRUE(retried.reason);
  EXPECT_EQ(retried.applied.events, 0u);
  EXPECT_EQ(this->letters().letters.at(0).attempts, 2);
  EXPECT_EQ(this->total(), SalesFigures{});
  EXPECT_EQ(this->retry(99).error().code, ErrorCode::not_found);
}

TYPED_TEST_P(UpkeepContract, ALetterIsAddedUpOnceItsReasonIsGone) {
  this->apply(logged({this->sale(1, 900, "EUR")}));
  this->fixture_.restart_in("EUR");
  const auto retried = this->retry(1).value();
  EXPECT_EQ(retried.reason, std::nullopt);
  EXPECT_EQ(retried.applied.placed.size(), 1u);
  EXPECT_EQ(this->total().gross, Money{900});
  EXPECT_EQ(this->letters().total, 0);
  EXPECT_EQ(this->retry(1).error().code, ErrorCode::not_found);
  this->apply(logged({this->sale(1, 900, "EUR")}, 2));
  EXPECT_EQ(this->total().placed_orders, 1);
}

TYPED_TEST_P(UpkeepContract, ARebuildChangesNoAnswerUntilItIsSwitchedTo) {
  const auto records = logged({this->sale(1, 100), this->sale(2, 20), this->sale(3, 3)});
  this->apply(records);
  const auto before = this->total();
  this->begin_rebuild();
  EXPECT_EQ(this->apply_to_rebuild({records.begin(), records.begin() + 2}).value(), 2);
  EXPECT_EQ(this->total(), before);
  EXPECT_FALSE(this->switch_over());
  // What comes in meanwhile is answered at once, and is in the new state only when that has got there.
  const auto late = logged({this->sale(4, 5000)}, 4);
  this->apply(late);
  const auto with_late = this->total();
  EXPECT_EQ(with_late.gross, Money{5123});
  this->apply_to_rebuild({records[2]});
  EXPECT_FALSE(this->switch_over());
  this->apply_to_rebuild(late);
  EXPECT_TRUE(this->switch_over());
  EXPECT_EQ(this->total(), with_late);
  this->remove_remains();
  EXPECT_EQ(this->total(), with_late);
  // The log goes on from there.
  this->apply(logged({this->sale(5, 7)}, 5));
  EXPECT_EQ(this->total().gross, Money{5130});
}

TYPED_TEST_P(UpkeepContract, AStateThatIsAheadKeepsNoOrderFromThoseWhoWatch) {
  const bool may_be_ahead = this->fixture_.store().may_be_ahead();
  this->begin_rebuild();
  this->apply_to_rebuild(logged({this->sale(1, 100)}));
  EXPECT_EQ(this->switch_over(), may_be_ahead);
  EXPECT_EQ(this->apply(logged({this->sale(1, 100)})).placed.size(), 1u);
  if (!may_be_ahead) EXPECT_TRUE(this->switch_over());
  EXPECT_EQ(this->total().placed_orders, 1);
}

TYPED_TEST_P(UpkeepContract, ARebuildJudgesLettersAnew) {
  const auto records = logged({this->sale(1, 900, "EUR"), this->sale(2, 100)});
  this->apply(records);
  this->fixture_.restart_in("EUR");
  this->begin_rebuild();
  this->apply_to_rebuild(records);
  EXPECT_EQ(this->letters().letters.at(0).position, 1);
  EXPECT_TRUE(this->switch_over());
  EXPECT_EQ(this->letters().total, 1);
  EXPECT_EQ(this->letters().letters.at(0).position, 2);
  EXPECT_EQ(this->total().gross, Money{900});
}

TYPED_TEST_P(UpkeepContract, WithoutARebuildThereIsNothingToApplyToOrToSwitchTo) {
  EXPECT_EQ(this->apply_to_rebuild(logged({this->sale(1, 100)})).error().code, ErrorCode::conflict);
  EXPECT_EQ(sync_wait(this->fixture_.store().switch_over(Deadline::max())).error().code, ErrorCode::conflict);
}

TYPED_TEST_P(UpkeepContract, ASecondBeginningDropsTheFirst) {
  this->apply(logged({this->sale(1, 100)}));
  this->begin_rebuild();
  this->apply_to_rebuild(logged({this->sale(1, 100)}));
  this->begin_rebuild();
  EXPECT_FALSE(this->switch_over());
  this->remove_remains();
  this->apply_to_rebuild(logged({this->sale(1, 100)}));
  EXPECT_TRUE(this->switch_over());
  EXPECT_EQ(this->total().gross, Money{100});
}

REGISTER_TYPED_TEST_SUITE_P(UpkeepContract, AnEventThatCannotBeAddedUpIsKeptAndTheRestGoesOn,
                            ARepeatedDeliveryMakesNoSecondLetter,
                            LettersAreListedInOrderOfTheLogPageByPageAndShopByShop,
                            ARetryThatFailsKeepsTheLetterAndCountsTheAttempt,
                            ALetterIsAddedUpOnceItsReasonIsGone, ARebuildChangesNoAnswerUntilItIsSwitchedTo,
                            AStateThatIsAheadKeepsNoOrderFromThoseWhoWatch, ARebuildJudgesLettersAnew,
                            WithoutARebuildThereIsNothingToApplyToOrToSwitchTo,
                            ASecondBeginningDropsTheFirst);

}  // namespace cloudcart::analytics
