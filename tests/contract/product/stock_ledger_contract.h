#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/product/samples.h"
#include "product/ports/product_repository.h"
#include "product/ports/stock_ledger.h"
#include "product/ports/stock_repository.h"
#include "runtime/executor.h"

namespace cloudcart::product {

/// What every StockLedger keeps to. `Fixture` has ledger() and, on the same store, products() and stock().
template <class Fixture>
class StockLedgerContract : public testing::Test {
 protected:
  const UserId clerk = id_of<UserId>(7), other_clerk = id_of<UserId>(8);
  static constexpr auto by = CountChange::Kind::by, to = CountChange::Kind::to;

  void add(int number, std::int64_t count, TenantId tenant = shop) {
    auto product = sample(number);
    product.inventory_count = count;
    ASSERT_TRUE(
        sync_wait(fixture.products().create(tenant, std::move(product), {"created", clerk}, no_deadline)));
  }
  Result<StockHistory> history(int number, HistoryQuery query = {.limit = 100}, TenantId tenant = shop) {
    return sync_wait(fixture.ledger().history(std::move(tenant), id_of(number), query, no_deadline));
  }
  StockAdjustment adjustment(int number, CountChange change, std::string reason = "counted") {
    return {id_of(number), change, {std::move(reason), clerk}};
  }
  Result<AsOf<AdjustedStock>> adjust(StockAdjustment adjustment,
                                     std::optional<std::string> key = std::nullopt, Timestamp now = made,
                                     TenantId tenant = shop) {
    std::optional<AdjustmentKey> used;
    if (key) used = AdjustmentKey{{*key}, now + std::chrono::hours{24}};
    return sync_wait(
        fixture.ledger().adjust(std::move(tenant), std::move(adjustment), used, now, no_deadline));
  }
  Result<AsOf<AdjustedStock>> adjust(int number, CountChange change) {
    return adjust(adjustment(number, change));
  }
  static std::vector<std::int64_t> sequences(const StockHistory& page) {
    std::vector<std::int64_t> sequences;
    for (const auto& movement : page.movements) sequences.push_back(movement.sequence);
    return sequences;
  }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(StockLedgerContract);

TYPED_TEST_P(StockLedgerContract, TellsWhatHappenedWhyAndByWhom) {
  this->add(1, 10);
  ASSERT_TRUE(
      sync_wait(this->fixture.stock().reserve(shop, order_of(5), {{id_of(1), 4}}, later, no_deadline)));
  ASSERT_TRUE(sync_wait(this->fixture.stock().confirm(shop, order_of(5), later, no_deadline)));
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, -1}, "broken")));
  ASSERT_TRUE(sync_wait(this->fixture.products().update(shop, id_of(1), {.inventory_count = 8},
                                                        {"edited", this->other_clerk}, later, no_deadline)));
  ASSERT_TRUE(sync_wait(this->fixture.stock().release(shop, order_of(5), later, no_deadline)));
  const auto history = this->history(1).value();
  EXPECT_EQ(history.stock, (Stock{12, 0, 0}));
  EXPECT_EQ(history.total, 6);
  EXPECT_EQ(history.next, std::nullopt);
  EXPECT_THAT(
      history.movements,
      testing::ElementsAre(
          StockMovement{6, Movement::take_back, 4, order_of(5), std::nullopt, later},
          StockMovement{5, Movement::adjust, 3, std::nullopt, StockNote{"edited", this->other_clerk}, later},
          StockMovement{4, Movement::adjust, -1, std::nullopt, StockNote{"broken", this->clerk}, made},
          StockMovement{3, Movement::sell, 4, order_of(5), std::nullopt, later},
          StockMovement{2, Movement::reserve, 4, order_of(5), std::nullopt, later},
          StockMovement{1, Movement::initial, 10, std::nullopt, StockNote{"created", this->clerk}, made}));
}

TYPED_TEST_P(StockLedgerContract, ImportedProductsBeginTheirHistory) {
  ASSERT_TRUE(sync_wait(this->fixture.products().import_products(shop, {sample(1)}, no_deadline)));
  const auto history = this->history(1).value();
  ASSERT_EQ(history.movements.size(), 1U);
  EXPECT_EQ(history.movements[0].movement, Movement::initial);
  EXPECT_EQ(history.movements[0].note, (StockNote{std::string{imported_reason}, std::nullopt}));
}

TYPED_TEST_P(StockLedgerContract, AProductInTwoLinesIsOneMovement) {
  this->add(1, 10);
  ASSERT_TRUE(sync_wait(
      this->fixture.stock().reserve(shop, order_of(5), {{id_of(1), 1}, {id_of(1), 2}}, made, no_deadline)));
  EXPECT_EQ(this->history(1)->movements.at(0).delta, 3);
}

TYPED_TEST_P(StockLedgerContract, PagesCoverTheHistoryWhateverComesMeanwhile) {
  this->add(1, 10);
  this->add(2, 10);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(this->adjust(1, {this->by, 1}));
    ASSERT_TRUE(this->adjust(2, {this->by, 1}));
  }
  const auto first = this->history(1, {.limit = 2}).value();
  EXPECT_THAT(this->sequences(first), testing::ElementsAre(5, 4));
  EXPECT_EQ(first.total, 5);
  ASSERT_TRUE(first.next);
  ASSERT_TRUE(this->adjust(1, {this->by, 1}));
  const auto second = this->history(1, {.limit = 2, .from = first.next}).value();
  EXPECT_THAT(this->sequences(second), testing::ElementsAre(3, 2));
  EXPECT_EQ(second.total, 6);
  const auto last = this->history(1, {.limit = 2, .from = second.next}).value();
  EXPECT_THAT(this->sequences(last), testing::ElementsAre(1));
  EXPECT_EQ(last.next, std::nullopt);
  EXPECT_EQ(this->history(1, {.limit = 6})->next, std::nullopt) << "a page that is just full is the last";
}

TYPED_TEST_P(StockLedgerContract, PlacesThatAreNoneAreNamed) {
  this->add(1, 10);
  for (const std::int64_t place : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 40}) {
    const auto refused = this->history(1, {.from = place});
    ASSERT_FALSE(refused) << place;
    EXPECT_EQ(refused.error().fields.at(0).field, "cursor");
  }
}

TYPED_TEST_P(StockLedgerContract, AnAdjustmentAnswersWhatItMade) {
  this->add(1, 10);
  ASSERT_TRUE(
      sync_wait(this->fixture.stock().reserve(shop, order_of(5), {{id_of(1), 4}}, made, no_deadline)));
  const auto before = sync_wait(this->fixture.products().find(shop, {}, no_deadline))->as_of;
  const auto fewer = this->adjust(1, {this->by, -6}).value();
  EXPECT_EQ(fewer.value.stock, (Stock{0, 4, 0}));
  EXPECT_EQ(fewer.value.movement->sequence, 3);
  EXPECT_EQ(fewer.value.movement->delta, -6);
  EXPECT_GT(fewer.as_of, before);
  EXPECT_EQ(this->adjust(1, {this->to, 5})->value.stock, (Stock{5, 4, 0}));
  const auto same = this->adjust(1, {this->to, 5}).value();
  EXPECT_EQ(same.value, (AdjustedStock{{5, 4, 0}, std::nullopt})) << "nothing moved, nothing is written";
  EXPECT_EQ(this->history(1)->total, 4);
}

TYPED_TEST_P(StockLedgerContract, ARefusedAdjustmentChangesNothing) {
  this->add(1, 3);
  const auto refused = this->adjust(1, {this->by, -4});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_inventory);
  EXPECT_EQ(this->history(1)->stock, (Stock{3, 0, 0}));
  EXPECT_EQ(this->history(1)->total, 1);
  EXPECT_EQ(this->adjust(9, {this->by, 1}).error().code, ErrorCode::not_found);
  EXPECT_EQ(this->history(9).error().code, ErrorCode::not_found);
}

TYPED_TEST_P(StockLedgerContract, AKeyCountsOnce) {
  this->add(1, 10);
  const auto first = this->adjust(this->adjustment(1, {this->by, 5}), "key").value();
  ASSERT_TRUE(this->adjust(1, {this->by, 100}));
  const auto again = this->adjust(this->adjustment(1, {this->by, 5}), "key", later).value();
  EXPECT_EQ(again.value, first.value) << "the answer is that of the first time";
  EXPECT_EQ(this->history(1)->stock.available, 115);
  const auto unchanged = this->adjust(this->adjustment(1, {this->to, 115}), "nothing").value();
  ASSERT_TRUE(this->adjust(1, {this->by, 1}));
  EXPECT_EQ(this->adjust(this->adjustment(1, {this->to, 115}), "nothing")->value, unchanged.value);
  EXPECT_EQ(this->history(1)->stock.available, 116);
}

TYPED_TEST_P(StockLedgerContract, AKeyStandsForOneRequestOfOneAccount) {
  this->add(1, 10);
  this->add(2, 10);
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 5}), "key"));
  for (const auto& other :
       {this->adjustment(1, {this->by, 6}), this->adjustment(1, {this->to, 5}),
        this->adjustment(2, {this->by, 5}), this->adjustment(1, {this->by, 5}, "another reason")})
    EXPECT_EQ(this->adjust(other, "key").error().code, ErrorCode::idempotency_conflict);
  auto of_another = this->adjustment(1, {this->by, 5});
  of_another.note.actor = this->other_clerk;
  EXPECT_EQ(this->adjust(of_another, "key")->value.stock.available, 20);
}

TYPED_TEST_P(StockLedgerContract, ARefusedAdjustmentLeavesItsKeyFree) {
  this->add(1, 3);
  ASSERT_FALSE(this->adjust(this->adjustment(1, {this->by, -4}), "key"));
  ASSERT_TRUE(this->adjust(1, {this->by, 1}));
  EXPECT_EQ(this->adjust(this->adjustment(1, {this->by, -4}), "key")->value.stock.available, 0);
}

TYPED_TEST_P(StockLedgerContract, ExpiredKeysAreAsIfNeverUsed) {
  this->add(1, 10);
  const auto day = std::chrono::hours{24};
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 5}), "key"));
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 5}), "key", made + day - milliseconds{1}));
  EXPECT_EQ(this->history(1)->stock.available, 15);
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 7}), "key", made + day));
  EXPECT_EQ(this->history(1)->stock.available, 22);
}

TYPED_TEST_P(StockLedgerContract, ShopsHaveLedgersOfTheirOwn) {
  this->add(1, 10);
  EXPECT_EQ(this->history(1, {}, other_shop).error().code, ErrorCode::not_found);
  EXPECT_EQ(this->adjust(this->adjustment(1, {this->by, 1}), "key", made, other_shop).error().code,
            ErrorCode::not_found);
  this->add(1, 3, other_shop);
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 1}), "key", made, other_shop));
  ASSERT_TRUE(this->adjust(this->adjustment(1, {this->by, 2}), "key")) << "and keys of their own";
  EXPECT_EQ(this->history(1, {}, other_shop)->stock.available, 4);
  EXPECT_EQ(this->history(1)->stock.available, 12);
  EXPECT_EQ(this->history(1)->total, 2);
}

REGISTER_TYPED_TEST_SUITE_P(StockLedgerContract, TellsWhatHappenedWhyAndByWhom,
                            ImportedProductsBeginTheirHistory, AProductInTwoLinesIsOneMovement,
                            PagesCoverTheHistoryWhateverComesMeanwhile, PlacesThatAreNoneAreNamed,
                            AnAdjustmentAnswersWhatItMade, ARefusedAdjustmentChangesNothing, AKeyCountsOnce,
                            AKeyStandsForOneRequestOfOneAccount, ARefusedAdjustmentLeavesItsKeyFree,
                            ExpiredKeysAreAsIfNeverUsed, ShopsHaveLedgersOfTheirOwn);

}  // namespace cloudcart::product
