#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "contract/product/as_of_reads.h"
#include "contract/product/samples.h"
#include "product/ports/product_repository.h"
#include "product/ports/stock_ledger.h"
#include "product/ports/stock_repository.h"
#include "runtime/executor.h"

namespace cloudcart::product {

using Reserved = Result<AsOf<std::vector<ReservedLine>>>;

/// What the history of a product adds up to, read in pages of `limit`; nullopt when its sequence has a gap.
template <class Fixture>
std::optional<Stock> sum_of_history(Fixture& fixture, ProductId id, std::size_t limit) {
  Stock sum;
  std::int64_t sequence = 0;
  HistoryQuery query{.limit = limit};
  do {
    const auto page = sync_wait(fixture.ledger().history(shop, id, query, no_deadline)).value();
    if (!query.from) sequence = page.total;
    for (const auto& movement : page.movements) {
      if (movement.sequence != sequence--) return std::nullopt;
      sum = after(sum, movement.movement, movement.delta);
    }
    query.from = page.next;
  } while (query.from);
  if (sequence != 0) return std::nullopt;
  return sum;
}

/// What every StockRepository keeps to. `Fixture` has stock() and, on the same store, products() and ledger().
template <class Fixture>
class StockRepositoryContract : public testing::Test {
 protected:
  StockRepository& stock() { return fixture.stock(); }

  void add(int number, std::int64_t count) {
    auto product = sample(number);
    product.inventory_count = count;
    ASSERT_TRUE(
        sync_wait(fixture.products().create(shop, std::move(product), somebodys_note(), no_deadline)));
  }
  void edit(int number, ProductChange change) {
    ASSERT_TRUE(sync_wait(fixture.products().update(shop, id_of(number), std::move(change), somebodys_note(),
                                                    later, no_deadline)));
  }
  Reserved reserve(int order, std::vector<LineRequest> lines) {
    return sync_wait(stock().reserve(shop, order_of(order), std::move(lines), made, no_deadline));
  }
  StockChanges release(int order) {
    return sync_wait(stock().release(shop, order_of(order), later, no_deadline)).value().value;
  }
  Status confirm(int order) { return sync_wait(stock().confirm(shop, order_of(order), later, no_deadline)); }
  StockChanges follow(std::vector<OrderStep> steps, std::int64_t position) {
    return sync_wait(stock().follow(std::move(steps), position, no_deadline)).value().value;
  }
  std::int64_t followed_position() { return sync_wait(stock().followed_position(no_deadline)).value(); }
  static OrderStep step(std::int64_t position, int order, StockStep kind) {
    return {position, shop, order_of(order), kind, later};
  }

  std::vector<HeldOrder> unsettled(Timestamp before = later, std::size_t limit = 100) {
    return sync_wait(stock().unsettled(before, limit, no_deadline)).value();
  }
  StockChanges settle(std::vector<SettledOrder> orders) {
    return sync_wait(stock().settle(shop, std::move(orders), later, no_deadline)).value().value;
  }
  static HeldOrder held(int order, TenantId tenant = shop) { return {std::move(tenant), order_of(order)}; }

  std::vector<StockAudit> audit() { return sync_wait(stock().audit(shop, no_deadline)).value(); }
  /// What is kept of a product, after checking that the ledger says the same.
  Stock kept(int number) {
    for (const auto& audit : this->audit()) {
      EXPECT_EQ(audit.kept, audit.by_ledger);
      if (audit.product_id == id_of(number)) return audit.kept;
    }
    ADD_FAILURE() << "no stock of product " << number;
    return {};
  }

  static constexpr auto confirmed = StockStep::sell, cancelled = StockStep::give_back;
  Fixture fixture;
};

TYPED_TEST_SUITE_P(StockRepositoryContract);

TYPED_TEST_P(StockRepositoryContract, StockGoesFromAvailableToReservedToSold) {
  this->add(1, 10);
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  EXPECT_EQ(this->kept(1), (Stock{6, 4, 0}));
  ASSERT_TRUE(this->confirm(1));
  EXPECT_EQ(this->kept(1), (Stock{6, 0, 4}));
  ASSERT_TRUE(this->confirm(1)) << "confirming again changes nothing";
  EXPECT_EQ(this->kept(1), (Stock{6, 0, 4}));
}

TYPED_TEST_P(StockRepositoryContract, AllLinesOrNone) {
  this->add(1, 10);
  this->add(2, 1);
  const auto refused = this->reserve(1, {{id_of(1), 4}, {id_of(2), 2}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::insufficient_inventory);
  EXPECT_THAT(refused.error().fields,
              testing::ElementsAre(FieldError{id_of(2).to_string(), "2 asked, 1 available"}));
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
  EXPECT_EQ(this->kept(2), (Stock{1, 0, 0}));
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}, {id_of(2), 1}})) << "a refused order may ask for less";
}

TYPED_TEST_P(StockRepositoryContract, NamesLinesWithUnknownAndInactiveProducts) {
  this->add(1, 10);
  this->add(2, 10);
  this->edit(2, {.is_active = false});
  const auto refused = this->reserve(1, {{id_of(1), 1}, {id_of(2), 1}, {id_of(3), 1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation_failed);
  ASSERT_EQ(refused.error().fields.size(), 2U);
  EXPECT_EQ(refused.error().fields[0].field, "items[1].product_id");
  EXPECT_EQ(refused.error().fields[1].field, "items[2].product_id");
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
}

TYPED_TEST_P(StockRepositoryContract, TheSameProductOnTwoLinesCountsAsTheirSum) {
  this->add(1, 10);
  EXPECT_EQ(this->reserve(1, {{id_of(1), 6}, {id_of(1), 5}}).error().code, ErrorCode::insufficient_inventory);
  EXPECT_EQ(this->reserve(2, {{id_of(1), 6}, {id_of(1), 4}})->value.size(), 2U);
  EXPECT_EQ(this->kept(1), (Stock{0, 10, 0}));
}

TYPED_TEST_P(StockRepositoryContract, AskedAgainItAnswersWhatWasPromised) {
  this->add(1, 10);
  this->add(2, 10);
  this->edit(1, {.category_name = "Kitchen"});
  const std::vector<LineRequest> lines{{id_of(2), 1}, {id_of(1), 4}};
  const auto first = this->reserve(1, lines)->value;
  EXPECT_THAT(first, testing::ElementsAre(ReservedLine{id_of(2), "Product 2", "", Money{200}, 1},
                                          ReservedLine{id_of(1), "Product 1", "Kitchen", Money{100}, 4}));
  this->edit(1, {.name = "Renamed", .price = Money{999}, .category_name = "Other", .is_active = false});
  EXPECT_EQ(this->reserve(1, lines)->value, first);
  ASSERT_TRUE(this->confirm(1));
  EXPECT_EQ(this->reserve(1, lines)->value, first);
  EXPECT_EQ(this->kept(1), (Stock{6, 0, 4}));
  EXPECT_EQ(this->reserve(1, {{id_of(2), 1}}).error().code, ErrorCode::conflict);
}

TYPED_TEST_P(StockRepositoryContract, StockGoesBackOnceFromReservedAndFromSold) {
  this->add(1, 10);
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  ASSERT_TRUE(this->reserve(2, {{id_of(1), 3}}));
  ASSERT_TRUE(this->confirm(2));
  EXPECT_THAT(this->release(1), testing::ElementsAre(StockChange{shop, id_of(1)}));
  EXPECT_EQ(this->kept(1), (Stock{7, 0, 3}));
  EXPECT_TRUE(this->release(1).empty());
  EXPECT_THAT(this->release(2), testing::ElementsAre(StockChange{shop, id_of(1)}));
  EXPECT_TRUE(this->release(2).empty());
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
}

TYPED_TEST_P(StockRepositoryContract, NothingLeadsOutOfReleased) {
  this->add(1, 10);
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  this->release(1);
  EXPECT_EQ(this->confirm(1).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->reserve(1, {{id_of(1), 4}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
}

TYPED_TEST_P(StockRepositoryContract, AReleaseThatCameFirstRefusesTheReservation) {
  this->add(1, 10);
  EXPECT_TRUE(this->release(1).empty());
  EXPECT_EQ(this->reserve(1, {{id_of(1), 4}}).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
}

TYPED_TEST_P(StockRepositoryContract, ConfirmingNeedsAReservation) {
  EXPECT_EQ(this->confirm(1).error().code, ErrorCode::not_found);
}

TYPED_TEST_P(StockRepositoryContract, SettingTheCountLeavesWhatOrdersHold) {
  this->add(1, 10);
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  this->edit(1, {.inventory_count = 1});
  EXPECT_EQ(this->kept(1), (Stock{1, 4, 0}));
  this->release(1);
  EXPECT_EQ(this->kept(1), (Stock{5, 0, 0}));
}

TYPED_TEST_P(StockRepositoryContract, ShopsDoNotShareOrdersOrStock) {
  this->add(1, 10);
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  const auto elsewhere =
      sync_wait(this->stock().reserve(other_shop, order_of(1), {{id_of(1), 4}}, made, no_deadline));
  EXPECT_EQ(elsewhere.error().code, ErrorCode::validation_failed);
  EXPECT_EQ(sync_wait(this->stock().confirm(other_shop, order_of(1), made, no_deadline)).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(this->kept(1), (Stock{6, 4, 0}));
}

TYPED_TEST_P(StockRepositoryContract, FollowsTheLogOnce) {
  this->add(1, 10);
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 4}}));
  ASSERT_TRUE(this->reserve(2, {{id_of(1), 3}}));
  EXPECT_EQ(this->followed_position(), 0);
  const std::vector steps{this->step(5, 1, this->confirmed), this->step(7, 2, this->cancelled)};
  EXPECT_THAT(this->follow(steps, 9), testing::ElementsAre(StockChange{shop, id_of(1)}));
  EXPECT_EQ(this->kept(1), (Stock{6, 0, 4}));
  EXPECT_EQ(this->followed_position(), 9);
  EXPECT_TRUE(this->follow(steps, 9).empty());
  EXPECT_EQ(this->kept(1), (Stock{6, 0, 4}));
  EXPECT_EQ(this->follow({this->step(8, 1, this->cancelled), this->step(10, 1, this->cancelled)}, 10).size(),
            1U);
  EXPECT_EQ(this->kept(1), (Stock{10, 0, 0}));
  this->follow({}, 3);
  EXPECT_EQ(this->followed_position(), 10) << "the position never goes back";
}

TYPED_TEST_P(StockRepositoryContract, StepsOfOrdersWithoutAReservationChangeNothing) {
  this->add(1, 10);
  EXPECT_TRUE(
      this->follow({this->step(1, 1, this->cancelled), this->step(2, 2, this->confirmed)}, 2).empty());
  ASSERT_TRUE(this->reserve(1, {{id_of(1), 1}})) << "only an explicit release is remembered";
  ASSERT_TRUE(this->reserve(2, {{id_of(1), 1}}));
  this->release(2);
  EXPECT_TRUE(
      this->follow({this->step(3, 2, this->confirmed), this->step(4, 2, this->cancelled)}, 4).empty());
  EXPECT_EQ(this->kept(1), (Stock{9, 1, 0}));
}

TYPED_TEST_P(StockRepositoryContract, ReservationsWaitToBeSettledTheOldestFirst) {
  this->add(1, 10);
  const auto reserve_at = [&](int order, Timestamp time, TenantId tenant = shop) {
    ASSERT_TRUE(sync_wait(
        this->stock().reserve(std::move(tenant), order_of(order), {{id_of(1), 1}}, time, no_deadline)));
  };
  auto elsewhere = sample(1);
  ASSERT_TRUE(sync_wait(
      this->fixture.products().create(other_shop, std::move(elsewhere), somebodys_note(), no_deadline)));
  EXPECT_TRUE(this->unsettled().empty());
  reserve_at(3, made);
  reserve_at(1, made + seconds{2});
  reserve_at(2, made + seconds{1}, other_shop);
  reserve_at(4, made + seconds{3});
  const auto all =
      testing::ElementsAre(this->held(3), this->held(2, other_shop), this->held(1), this->held(4));
  EXPECT_THAT(this->unsettled(), all);
  EXPECT_THAT(this->unsettled(later, 2), testing::ElementsAre(this->held(3), this->held(2, other_shop)));
  EXPECT_THAT(this->unsettled(made), testing::ElementsAre(this->held(3))) << "that very moment included";
  EXPECT_TRUE(this->unsettled(made - milliseconds{1}).empty());
  reserve_at(3, later + seconds{60});
  EXPECT_THAT(this->unsettled(), all) << "asked again it is as old as it was";
}

TYPED_TEST_P(StockRepositoryContract, SoldAndReleasedReservationsAreSettled) {
  this->add(1, 10);
  for (int order = 1; order <= 4; ++order) ASSERT_TRUE(this->reserve(order, {{id_of(1), 1}}));
  ASSERT_TRUE(this->confirm(1));
  this->release(2);
  this->release(9);
  this->follow({this->step(1, 3, this->confirmed)}, 1);
  EXPECT_THAT(this->unsettled(), testing::ElementsAre(this->held(4)));
}

TYPED_TEST_P(StockRepositoryContract, SettlingDoesWhatBecameOfEachOrder) {
  this->add(1, 10);
  this->add(2, 10);
  for (int order = 1; order <= 4; ++order) ASSERT_TRUE(this->reserve(order, {{id_of(1), order}}));
  ASSERT_TRUE(this->reserve(5, {{id_of(2), 1}}));
  const std::vector<SettledOrder> outcomes{
      {order_of(1), OrderStatus::pending},   {order_of(2), OrderStatus::shipped},
      {order_of(3), OrderStatus::cancelled}, {order_of(4), std::nullopt},
      {order_of(9), std::nullopt},           {order_of(5), OrderStatus::confirmed}};
  EXPECT_THAT(this->settle(outcomes),
              testing::UnorderedElementsAre(StockChange{shop, id_of(1)}, StockChange{shop, id_of(1)}))
      << "what is sold was not available before either";
  EXPECT_EQ(this->kept(1), (Stock{7, 1, 2}));
  EXPECT_EQ(this->kept(2), (Stock{9, 0, 1}));
  EXPECT_TRUE(this->unsettled().empty());
  EXPECT_TRUE(this->settle(outcomes).empty()) << "settling again changes nothing";
  EXPECT_EQ(this->kept(1), (Stock{7, 1, 2}));
  EXPECT_EQ(this->reserve(4, {{id_of(1), 4}}).error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->reserve(9, {{id_of(2), 1}})) << "it was nothing that could be settled";
  EXPECT_EQ(this->follow({this->step(1, 1, this->cancelled)}, 1).size(), 1U)
      << "what is kept follows the events";
  EXPECT_EQ(this->kept(1), (Stock{8, 0, 2}));
}

TYPED_TEST_P(StockRepositoryContract, SettlingDoesNotUndoWhatCameBefore) {
  this->add(1, 10);
  for (int order = 1; order <= 3; ++order) ASSERT_TRUE(this->reserve(order, {{id_of(1), 1}}));
  ASSERT_TRUE(this->confirm(1));
  this->release(2);
  EXPECT_TRUE(
      this->settle({{order_of(1), OrderStatus::pending}, {order_of(2), OrderStatus::delivered}}).empty());
  EXPECT_EQ(this->kept(1), (Stock{8, 1, 1}));
  EXPECT_EQ(this->settle({{order_of(1), OrderStatus::cancelled}}).size(), 1U);
  EXPECT_EQ(this->kept(1), (Stock{9, 1, 0}));
}

TYPED_TEST_P(StockRepositoryContract, NeverOversoldByManyAtOnce) {
  this->add(1, 100);
  this->add(2, 1000);
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int answered = 0, reserved = 0;
  for (int order = 1; order <= 500; ++order) {
    // Half of them name the lines the other way round: nobody waits for nobody.
    std::vector<LineRequest> lines{{id_of(1), 1}, {id_of(2), 1}};
    if (order % 2) std::swap(lines[0], lines[1]);
    start(this->stock().reserve(shop, order_of(order), std::move(lines), made, no_deadline),
          [&](auto outcome) {
            ++answered;
            const auto& result = std::get<0>(outcome);
            reserved += result.has_value();
            if (!result) EXPECT_EQ(result.error().code, ErrorCode::insufficient_inventory);
          });
  }
  executor.run_until([&] { return answered == 500; });
  EXPECT_EQ(reserved, 100);
  EXPECT_EQ(this->kept(1), (Stock{0, 100, 0}));
  EXPECT_EQ(this->kept(2), (Stock{900, 100, 0}));
}

TYPED_TEST_P(StockRepositoryContract, ChangesOfStockAreCounted) {
  this->add(1, 10);
  const auto look = [&] { return sync_wait(this->fixture.products().find(shop, {}, no_deadline)); };
  const auto before = look()->as_of;
  const auto reserved = this->reserve(1, {{id_of(1), 4}})->as_of;
  EXPECT_GT(reserved, before);
  const auto again = this->reserve(1, {{id_of(1), 4}})->as_of;
  EXPECT_GE(again, reserved);
  const auto released = sync_wait(this->stock().release(shop, order_of(1), later, no_deadline))->as_of;
  EXPECT_GT(released, again) << "it counts nothing that is to come";
  const auto now = as_of_when_reached(released, look);
  EXPECT_GE(now, released);
  EXPECT_GT(this->reserve(2, {{id_of(1), 4}})->as_of, now);
}

/// initial + adjustments = available + reserved + sold, for whatever is done in whatever order; and what is
/// kept is what the ledger adds up to, and what its history tells.
TYPED_TEST_P(StockRepositoryContract, UnitsAreNeverMadeOrLost) {
  const bool holds = rc::check([] {
    TypeParam fixture;
    constexpr int products = 3;
    std::map<ProductId, std::int64_t> units;
    const auto wait = [](auto task) { return sync_wait(std::move(task)); };
    for (int i = 1; i <= products; ++i) {
      auto product = sample(i);
      product.inventory_count = *rc::gen::inRange<std::int64_t>(0, 12);
      units[product.id] = product.inventory_count;
      RC_ASSERT(wait(fixture.products().create(shop, product, somebodys_note(), no_deadline)).has_value());
    }
    const auto some_product = [] { return id_of(*rc::gen::inRange(1, products + 1)); };
    const auto some_order = [] { return order_of(*rc::gen::inRange(1, 6)); };
    std::int64_t position = 0;
    const int length = *rc::gen::inRange(1, 25);
    for (int i = 0; i < length; ++i) {
      switch (*rc::gen::inRange(0, 8)) {
        case 0:
        case 1: {
          std::vector<LineRequest> lines;
          for (int line = *rc::gen::inRange(1, 4); line > 0; --line)
            lines.push_back({some_product(), *rc::gen::inRange<std::int64_t>(1, 6)});
          (void)wait(fixture.stock().reserve(shop, some_order(), lines, made, no_deadline));
          break;
        }
        case 2:
          (void)wait(fixture.stock().release(shop, some_order(), made, no_deadline));
          break;
        case 3:
          (void)wait(fixture.stock().confirm(shop, some_order(), made, no_deadline));
          break;
        case 4: {
          const auto kind = *rc::gen::element(StockStep::sell, StockStep::give_back);
          position += *rc::gen::inRange(0, 2);
          (void)wait(
              fixture.stock().follow({{position, shop, some_order(), kind, made}}, position, no_deadline));
          break;
        }
        case 5: {
          const auto id = some_product();
          const auto count = *rc::gen::inRange<std::int64_t>(0, 12);
          const auto before =
              wait(fixture.products().find(shop, {id}, no_deadline))->value.at(0).inventory_count;
          RC_ASSERT(wait(fixture.products().update(shop, id, {.inventory_count = count}, somebodys_note(),
                                                   made, no_deadline))
                        .has_value());
          units[id] += count - before;
          break;
        }
        case 7: {
          const auto status = *rc::gen::element<std::optional<OrderStatus>>(
              std::nullopt, OrderStatus::pending, OrderStatus::processing, OrderStatus::cancelled);
          (void)wait(fixture.stock().settle(shop, {{some_order(), status}}, made, no_deadline));
          break;
        }
        case 6: {
          const auto id = some_product();
          const CountChange change{CountChange::Kind::by, *rc::gen::inRange<std::int64_t>(-6, 6)};
          const auto adjusted = wait(
              fixture.ledger().adjust(shop, {id, change, somebodys_note()}, std::nullopt, made, no_deadline));
          if (adjusted) units[id] += change.units;
          break;
        }
      }
      const auto audits = wait(fixture.stock().audit(shop, no_deadline)).value();
      RC_ASSERT(audits.size() == std::size_t{products});
      for (const auto& audit : audits) {
        RC_ASSERT(is_possible(audit.kept));
        RC_ASSERT(audit.kept == audit.by_ledger);
        RC_ASSERT(audit.kept.available + audit.kept.reserved + audit.kept.sold == units.at(audit.product_id));
        RC_ASSERT(sum_of_history(fixture, audit.product_id, 3) == audit.kept);
      }
    }
  });
  EXPECT_TRUE(holds);
}

REGISTER_TYPED_TEST_SUITE_P(StockRepositoryContract, StockGoesFromAvailableToReservedToSold, AllLinesOrNone,
                            NamesLinesWithUnknownAndInactiveProducts,
                            TheSameProductOnTwoLinesCountsAsTheirSum, AskedAgainItAnswersWhatWasPromised,
                            StockGoesBackOnceFromReservedAndFromSold, NothingLeadsOutOfReleased,
                            AReleaseThatCameFirstRefusesTheReservation, ConfirmingNeedsAReservation,
                            SettingTheCountLeavesWhatOrdersHold, ShopsDoNotShareOrdersOrStock,
                            FollowsTheLogOnce, StepsOfOrdersWithoutAReservationChangeNothing,
                            ReservationsWaitToBeSettledTheOldestFirst, SoldAndReleasedReservationsAreSettled,
                            SettlingDoesWhatBecameOfEachOrder, SettlingDoesNotUndoWhatCameBefore,
                            NeverOversoldByManyAtOnce, ChangesOfStockAreCounted, UnitsAreNeverMadeOrLost);

}  // namespace cloudcart::product
