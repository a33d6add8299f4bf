#include <array>
#include <atomic>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "contract/product/postgres_fixture.h"
#include "contract/product/samples.h"
#include "runtime/executor.h"
#include "support/on_threads.h"

namespace cloudcart::product {
namespace {

using Reserved = Result<AsOf<std::vector<ReservedLine>>>;

/// Many threads on two processes' stores of one schema.
class PostgresStockRaces : public testing::Test {
 protected:
  static constexpr std::size_t callers = 8;

  PostgresService& process(std::size_t caller) { return caller % 2 == 0 ? first : second; }
  void add(int number, std::int64_t count) {
    auto product = sample(number);
    product.inventory_count = count;
    ASSERT_TRUE(sync_wait(first.products().create(shop, std::move(product), somebodys_note(), no_deadline)));
  }
  Reserved reserve(std::size_t caller, int order, std::vector<LineRequest> lines) {
    return sync_wait(
        process(caller).stock().reserve(shop, order_of(order), std::move(lines), made, no_deadline));
  }
  std::vector<Stock> kept() {
    std::vector<Stock> kept;
    for (const auto& audit : sync_wait(second.stock().audit(shop, no_deadline)).value()) {
      EXPECT_EQ(audit.kept, audit.by_ledger);
      kept.push_back(audit.kept);
    }
    return kept;
  }

  test::PostgresSchema schema;
  PostgresService first{schema}, second{schema};
};

TEST_F(PostgresStockRaces, TheLastUnitsGoOnceToWhoeverComesFirst) {
  constexpr std::int64_t units = 37;
  add(1, units);
  add(2, 10'000);
  const auto sold = test::on_threads(callers, [&](std::size_t i) {
    std::int64_t mine = 0;
    for (int k = 0; k < 20; ++k) {
      const auto reserved = reserve(i, static_cast<int>(i) * 100 + k, {{id_of(2), 1}, {id_of(1), 1}});
      mine += reserved.has_value() ? 1 : 0;
      if (!reserved) EXPECT_EQ(reserved.error().code, ErrorCode::insufficient_inventory);
    }
    return mine;
  });
  EXPECT_EQ(std::accumulate(sold.begin(), sold.end(), std::int64_t{0}), units);
  EXPECT_EQ(kept(), (std::vector<Stock>{{0, units, 0}, {10'000 - units, units, 0}}));
}

/// Orders name the same products in any order, and are sold, cancelled and settled from all sides.
TEST_F(PostgresStockRaces, CrossedOrdersEndWithoutAnError) {
  constexpr int products = 6, orders = 40;
  for (int number = 1; number <= products; ++number) add(number, 1'000'000);
  std::atomic<std::int64_t> position = 0;
  const auto answers = test::on_threads(callers, [&](std::size_t i) {
    std::vector<Error> errors;
    std::minstd_rand random(static_cast<unsigned>(i) + 1);
    const auto below = [&](int bound) { return static_cast<int>(random() % static_cast<unsigned>(bound)); };
    const auto note = [&](const auto& answer) {
      // A released order is no more, and one may be confirmed that is not there yet.
      if (!answer && answer.error().code != ErrorCode::conflict &&
          answer.error().code != ErrorCode::not_found)
        errors.push_back(answer.error());
    };
    for (int k = 0; k < 60; ++k) {
      auto& stock = process(random()).stock();
      std::vector<LineRequest> lines;
      for (int line = 0; line < 4; ++line) lines.push_back({id_of(1 + below(products)), 1 + below(3)});
      note(sync_wait(stock.reserve(shop, order_of(below(orders)), lines, made, no_deadline)));
      const auto one = order_of(below(orders)), other = order_of(below(orders));
      switch (below(5)) {
        case 0:
          note(sync_wait(stock.confirm(shop, one, made, no_deadline)));
          break;
        case 1:
          note(sync_wait(stock.release(shop, one, made, no_deadline)));
          break;
        case 2:
          note(sync_wait(stock.settle(shop, {{one, OrderStatus::pending}, {other, OrderStatus::confirmed}},
                                      made, no_deadline)));
          break;
        case 3: {
          const auto next = ++position;
          note(sync_wait(stock.follow(
              {{next, shop, one, StockStep::sell, made}, {next, shop, other, StockStep::give_back, made}},
              next, no_deadline)));
          break;
        }
        default:
          note(sync_wait(process(random()).ledger().adjust(
              shop, {id_of(1 + below(products)), {CountChange::Kind::by, below(9) - 4}, somebodys_note()},
              std::nullopt, made, no_deadline)));
      }
    }
    return errors;
  });
  for (const auto& errors : answers)
    for (const auto& error : errors) ADD_FAILURE() << to_string(error.code) << ": " << error.message;
  for (const auto& stock : kept()) EXPECT_TRUE(is_possible(stock));
}

TEST_F(PostgresStockRaces, AnOrderThatIsAskedForByManyIsPromisedOnce) {
  add(1, 1'000);
  add(2, 1'000);
  for (int order = 1; order <= 20; ++order) {
    const auto answers = test::on_threads(
        callers, [&](std::size_t i) { return reserve(i, order, {{id_of(2), 1}, {id_of(1), 2}}); });
    for (const auto& answer : answers) {
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_EQ(answer->value, answers.front()->value);
    }
  }
  EXPECT_EQ(kept(), (std::vector<Stock>{{960, 40, 0}, {980, 20, 0}}));
}

TEST_F(PostgresStockRaces, OfRequestsThatDifferOneGetsTheOrder) {
  for (int number = 1; number <= 8; ++number) add(number, 1'000);
  constexpr int orders = 20;
  for (int order = 1; order <= orders; ++order) {
    const auto answers = test::on_threads(
        callers, [&](std::size_t i) { return reserve(i, order, {{id_of(static_cast<int>(i) + 1), 1}}); });
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 1);
    for (const auto& answer : answers) {
      if (!answer) EXPECT_EQ(answer.error().code, ErrorCode::conflict) << answer.error().message;
    }
  }
  std::int64_t reserved = 0;
  for (const auto& stock : kept()) reserved += stock.reserved;
  EXPECT_EQ(reserved, orders);
}

TEST_F(PostgresStockRaces, AReleaseThatMeetsItsReservationLeavesNothingHeld) {
  add(1, 1'000);
  for (int order = 1; order <= 40; ++order) {
    const auto answers = test::on_threads(3, [&](std::size_t i) -> std::optional<Error> {
      if (i == 0) {
        const auto reserved = reserve(i, order, {{id_of(1), 3}});
        return reserved ? std::nullopt : std::optional{reserved.error()};
      }
      const auto released = sync_wait(process(i).stock().release(shop, order_of(order), later, no_deadline));
      return released ? std::nullopt : std::optional{released.error()};
    });
    if (answers[0]) EXPECT_EQ(answers[0]->code, ErrorCode::conflict) << answers[0]->message;
    EXPECT_FALSE(answers[1]) << answers[1]->message;
    EXPECT_FALSE(answers[2]) << answers[2]->message;
  }
  EXPECT_EQ(kept(), (std::vector<Stock>{{1'000, 0, 0}}));
}

TEST_F(PostgresStockRaces, SeveralThatFollowOneLogApplyItOnce) {
  add(1, 1'000);
  constexpr int orders = 60;
  std::vector<OrderStep> log;
  for (int order = 1; order <= orders; ++order) {
    ASSERT_TRUE(reserve(0, order, {{id_of(1), 1}}));
    log.push_back(
        {order, shop, order_of(order), order % 3 == 0 ? StockStep::give_back : StockStep::sell, later});
  }
  const auto changes = test::on_threads(4, [&](std::size_t i) {
    std::size_t changed = 0;
    for (std::int64_t position = 0; position < orders;) {
      position = sync_wait(process(i).stock().followed_position(no_deadline)).value();
      const auto end = std::min<std::int64_t>(position + 7, orders);
      changed +=
          sync_wait(process(i).stock().follow({log.begin() + position, log.begin() + end}, end, no_deadline))
              .value()
              .value.size();
    }
    return changed;
  });
  EXPECT_EQ(std::accumulate(changes.begin(), changes.end(), std::size_t{0}), std::size_t{orders / 3});
  EXPECT_EQ(kept(), (std::vector<Stock>{{1'000 - orders + orders / 3, 0, orders - orders / 3}}));
  EXPECT_EQ(sync_wait(first.stock().followed_position(no_deadline)), orders);
}

TEST_F(PostgresStockRaces, AKeyThatIsUsedByManyCountsOnce) {
  for (int number = 1; number <= 4; ++number) add(number, 100);
  const auto clerk = id_of<UserId>(7);
  for (int round = 0; round < 20; ++round) {
    const AdjustmentKey key{{"key " + std::to_string(round)}, later};
    const auto answers = test::on_threads(callers, [&](std::size_t i) {
      const auto product = id_of(static_cast<int>(i) / 2 + 1);
      return sync_wait(process(i).ledger().adjust(
          shop, {product, {CountChange::Kind::by, 1}, {"found", clerk}}, key, made, no_deadline));
    });
    // Two asked for the same, and so did three other pairs for something else.
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 2);
    for (const auto& answer : answers) {
      if (!answer) EXPECT_EQ(answer.error().code, ErrorCode::idempotency_conflict) << answer.error().message;
    }
  }
  std::int64_t available = 0;
  for (const auto& stock : kept()) available += stock.available;
  EXPECT_EQ(available, 4 * 100 + 20);
}

}  // namespace
}  // namespace cloudcart::product
