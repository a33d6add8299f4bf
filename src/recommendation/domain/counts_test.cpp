#include <cmath>
#include <map>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>

#include "recommendation/domain/facts.h"
#include "support/random_history.h"

// What is counted from orders: recent orders, sales, co-purchases and baskets.

namespace cloudcart::recommendation {
namespace {

using test::bought;
using test::cancellation_of;
using test::History;
using testing::ElementsAre;
using testing::FloatNear;
using testing::IsEmpty;

OrderBook book_of(const History& history) {
  OrderBook book;
  for (const auto& event : history) book.record(event);
  return book;
}

/// Facts that learnt event by event, or of a whole book.
struct Counted {
  explicit Counted(OrderBook book = {}) : facts(std::move(book), epochs, {}, run_alone) {}
  explicit Counted(const History& history) : Counted() {
    for (const auto& event : history) facts.apply(event);
  }
  std::uint32_t product(std::uint32_t number) const {
    return facts.book.products().find(test::product(number)).value();
  }
  Epochs epochs;
  Facts facts;
};

/// Ids of the orders that hold a product, oldest first.
std::vector<OrderId> recent_orders(const Facts& facts, std::uint32_t product) {
  std::vector<OrderId> answer;
  facts.recent.for_each(product, [&](std::uint32_t order) { answer.push_back(facts.book.id(order)); });
  return answer;
}

TEST(RecentOrdersTest, AreTheNewestByTimeHoweverTheyCame) {
  std::vector<std::uint32_t> numbers(500);
  std::iota(numbers.begin(), numbers.end(), 1);
  std::mt19937 random(5);
  std::ranges::shuffle(numbers, random);
  Counted counted;
  for (const auto number : numbers)
    counted.facts.apply(bought(number, number % 7, {{1}}, static_cast<int>(number / 2)));
  std::vector<OrderId> expected;
  for (std::uint32_t number = 500 - RecentOrders::most + 1; number <= 500; ++number)
    expected.push_back(test::order(number));
  EXPECT_EQ(recent_orders(counted.facts, counted.product(1)), expected);
}

TEST(RecentOrdersTest, AreWithoutCancelledOnes) {
  Counted counted;
  for (const std::uint32_t number : {4U, 1U, 3U, 2U, 5U})
    counted.facts.apply(bought(number, 1, {{1}, {number + 10}}, static_cast<int>(number)));
  counted.facts.apply(cancellation_of(bought(3, 1, {})));
  counted.facts.apply(cancellation_of(bought(5, 1, {})));
  const auto ids = [](auto... numbers) { return std::vector{test::order(numbers)...}; };
  EXPECT_EQ(recent_orders(counted.facts, counted.product(1)), ids(1, 2, 4));
  EXPECT_THAT(recent_orders(counted.facts, counted.product(13)), IsEmpty());
  counted.facts.apply(bought(6, 1, {{1}}, 2));
  EXPECT_EQ(recent_orders(counted.facts, counted.product(1)), ids(1, 2, 6, 4));
}

TEST(SalesTest, FadeByHalfPerHalfLife) {
  // Seen from day 60, an order of day 0 counts 2^-(60/7), 2^-4 and a half.
  const Counted counted(
      History{bought(1, 1, {{1, 50}}, 0), bought(2, 1, {{1}}, 60), bought(3, 2, {{2}}, 45)});
  const auto& sales = counted.facts.sales;
  const auto now = counted.facts.book.newest();
  const auto worth = [&](std::uint32_t number, Window window) {
    return sales.faded(counted.product(number), window) * sales.unit_at(now, window);
  };
  EXPECT_NEAR(worth(1, Window::week), 1 + std::exp2(-60.0 / 7), 1e-9);
  EXPECT_NEAR(worth(1, Window::fortnight), 1 + 1.0 / 16, 1e-9);
  EXPECT_NEAR(worth(1, Window::two_months), 1.5, 1e-9);
  EXPECT_NEAR(worth(2, Window::fortnight), 0.5, 1e-9);
  EXPECT_EQ(sales.popularity(counted.product(1)), (Popularity{.units = 51, .orders = 2}));
}

TEST(SalesTest, TellBuyersAndFirstOrders) {
  const auto first = bought(1, 1, {{1}, {2}}, 0);
  Counted counted(History{bought(2, 1, {{1}, {3}}, 15), first, bought(3, 2, {{1}}, 15)});
  const auto& sales = counted.facts.sales;
  const auto buyers = [&](std::uint32_t number) { return sales.buyers(counted.product(number)); };
  const auto firsts = [&](std::uint32_t number) {
    return sales.faded_first_orders(counted.product(number)) *
           sales.unit_at(counted.facts.book.newest(), Window::fortnight);
  };
  EXPECT_THAT((std::array{buyers(1), buyers(2), buyers(3)}), ElementsAre(2, 1, 1));
  EXPECT_NEAR(firsts(1), 1.5, 1e-9);
  EXPECT_NEAR(firsts(2), 0.5, 1e-9);
  EXPECT_EQ(firsts(3), 0);
  counted.facts.apply(cancellation_of(first));
  EXPECT_THAT((std::array{buyers(1), buyers(2), buyers(3)}), ElementsAre(2, 0, 1));
  EXPECT_NEAR(firsts(1), 2, 1e-9);
  EXPECT_EQ(firsts(2), 0);
  EXPECT_NEAR(firsts(3), 1, 1e-9);
}

TEST(SalesTest, BeforeTheFirstEventNothingIsWorthAnything) {
  const Counted counted;
  EXPECT_TRUE(std::isfinite(counted.facts.sales.unit_at(counted.facts.book.newest(), Window::week)));
}

TEST(ViewTest, OrdersThatCameSinceCountAsIfTheyCameThen) {
  Counted counted;
  const auto view = counted.facts.view(nullptr);
  counted.facts.apply(bought(1, 1, {{1}}, 300));
  counted.facts.apply(bought(2, 1, {{1}}, 9000));
  EXPECT_EQ(view.sold_fortnight(counted.product(1)), 2);
  EXPECT_EQ(view.days_since(test::first_day), 0);
  EXPECT_TRUE(std::isfinite(view.log_availability(counted.product(1))));
  const auto later = counted.facts.view(nullptr);
  EXPECT_NEAR(later.sold_fortnight(counted.product(1)), 1, 1e-9);
  EXPECT_EQ(later.days_since(test::first_day), 9000);
}

TEST(CoPurchasesTest, WeighOrdersBySizeAndAge) {
  // Landmark is the time of the newest event; day 180 is a half-life after day 0.
  const Counted counted(book_of({bought(1, 1, {{1}, {2}}, 0), bought(2, 2, {{1}, {2}, {3}, {4}}, 180)}));
  const auto& pairs = counted.facts.pairs;
  const auto at = [&](std::uint32_t a, std::uint32_t b) {
    return pairs.rows().at(counted.product(a), counted.product(b));
  };
  const auto older = static_cast<float>(0.5 / std::sqrt(2)), newer = 0.5F;
  EXPECT_FLOAT_EQ(at(1, 2), older + newer);
  EXPECT_FLOAT_EQ(at(2, 1), older + newer);
  EXPECT_FLOAT_EQ(at(1, 3), newer);
  EXPECT_FLOAT_EQ(at(4, 2), newer);
  EXPECT_EQ(at(1, 1), 0) << "the diagonal stands apart";
  EXPECT_FLOAT_EQ(pairs.weight(counted.product(1)), older + newer);
  EXPECT_FLOAT_EQ(pairs.paired(counted.product(1)), older + 3 * newer);
  EXPECT_FLOAT_EQ(pairs.weight(counted.product(3)), newer);
  EXPECT_FLOAT_EQ(pairs.unit_at(test::first_day), 0.5F);
}

TEST(CoPurchasesTest, OnlyTheFirstProductsOfALargeBasketArePaired) {
  Epochs epochs;
  const auto book = book_of({bought(1, 1, {{0}, {1}, {2}})});
  CoPurchases counted(epochs, {.basket_products = 2}, book.newest()),
      live(epochs, {.basket_products = 2}, book.newest());
  counted.count_all(book, run_alone);
  live.make_room(3);
  live.count(book.lines(book.order(0)), book.order(0).time, +1);
  for (const auto* pairs : {&counted, &live}) {
    EXPECT_FLOAT_EQ(pairs->rows().at(0, 1), 1 / std::sqrt(3.0F));
    EXPECT_EQ(pairs->rows().at(0, 2), 0);
    EXPECT_EQ(pairs->weight(2), 0);
    EXPECT_FLOAT_EQ(pairs->paired(0), 1 / std::sqrt(3.0F));
  }
}

class CountsTest : public testing::TestWithParam<unsigned> {
 protected:
  static constexpr std::uint32_t products = 40;
  std::mt19937 random{GetParam()};
  const History history = test::random_history(random, {.products = products});
};

/// Weights grow from a landmark, which one counts from the start of the year and the other from the newest order.
void expect_same_counts(const Counted& live, const Counted& counted) {
  const auto& a = live.facts;
  const auto& b = counted.facts;
  const auto now = b.book.newest();
  ASSERT_EQ(a.book.newest(), now);
  const auto scale = b.pairs.unit_at(now) / a.pairs.unit_at(now);
  for (std::uint32_t number = 0; number < 40; ++number) {
    if (!b.book.products().find(test::product(number))) continue;
    const auto p = live.product(number), q = counted.product(number);
    ASSERT_EQ(a.sales.popularity(p), b.sales.popularity(q));
    ASSERT_EQ(a.sales.buyers(p), b.sales.buyers(q));
    for (const auto window : {Window::week, Window::fortnight, Window::two_months})
      ASSERT_NEAR(a.sales.faded(p, window) * a.sales.unit_at(now, window),
                  b.sales.faded(q, window) * b.sales.unit_at(now, window), 1e-9);
    ASSERT_NEAR(a.sales.faded_first_orders(p) * a.sales.unit_at(now, Window::fortnight),
                b.sales.faded_first_orders(q) * b.sales.unit_at(now, Window::fortnight), 1e-9);
    ASSERT_EQ(recent_orders(a, p), recent_orders(b, q));
    ASSERT_THAT(a.pairs.weight(p) * scale, FloatNear(b.pairs.weight(q), 1e-4F));
    ASSERT_THAT(a.pairs.paired(p) * scale, FloatNear(b.pairs.paired(q), 1e-3F));
    std::size_t entries = 0, others = 0;
    a.pairs.rows().for_each(p, [&](auto, auto) { ++entries; });
    b.pairs.rows().for_each(q, [&](std::uint32_t other, float together) {
      ++others;
      const auto there = a.book.products().find(b.book.products()[other]).value();
      ASSERT_THAT(a.pairs.rows().at(p, there) * scale, FloatNear(together, 1e-4F * together));
    });
    ASSERT_EQ(entries, others);
  }
  EXPECT_EQ(a.sales.orders(), b.sales.orders());
  EXPECT_EQ(a.sales.order_lines(), b.sales.order_lines());
  EXPECT_EQ(a.sales.products(), b.sales.products());
}

TEST_P(CountsTest, LiveOnesEqualThoseOfAWholeBook) {
  const Counted counted(book_of(history));
  expect_same_counts(Counted(history), counted);
  expect_same_counts(Counted(test::shuffled_with_repeats(history, random)), counted);
}

TEST_P(CountsTest, CancellationsLeaveExactlyNothing) {
  Counted live(test::shuffled_with_repeats(history, random));
  auto cancellations = test::cancellations_of(history);
  std::ranges::shuffle(cancellations, random);
  for (const auto& event : cancellations) live.facts.apply(event);
  for (std::uint32_t p = 0; p < live.facts.book.products().size(); ++p) {
    EXPECT_EQ(live.facts.pairs.weight(p), 0);
    EXPECT_EQ(live.facts.pairs.paired(p), 0);
    live.facts.pairs.rows().for_each(p, [&](std::uint32_t other, float value) {
      ADD_FAILURE() << p << " and " << other << ": " << value;
    });
    EXPECT_THAT(recent_orders(live.facts, p), IsEmpty());
    EXPECT_EQ(live.facts.sales.orders_with(p), 0);
    EXPECT_EQ(live.facts.sales.buyers(p), 0);
    for (const auto window : {Window::week, Window::fortnight, Window::two_months})
      EXPECT_EQ(live.facts.sales.faded(p, window), 0);
    EXPECT_EQ(live.facts.sales.faded_first_orders(p), 0);
  }
}

TEST_P(CountsTest, ACrewCountsTheSame) {
  const auto book = book_of(history);
  Epochs epochs;
  CoPurchases alone(epochs, {}, book.newest()), together(epochs, {}, book.newest());
  alone.count_all(book, run_alone);
  together.count_all(book, [](const std::function<void()>& work) {
    std::thread second(work), third(work);
    work();
    second.join();
    third.join();
  });
  for (std::uint32_t p = 0; p < book.products().size(); ++p) {
    EXPECT_EQ(alone.weight(p), together.weight(p));
    for (std::uint32_t q = 0; q < book.products().size(); ++q)
      EXPECT_EQ(alone.rows().at(p, q), together.rows().at(p, q));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CountsTest, testing::Range(1U, 9U));

TEST(BasketsTest, StandByBasketAndByProduct) {
  Baskets baskets;
  for (const std::uint32_t product : {2, 0}) baskets.add(product);
  baskets.close(1);
  baskets.close(5);  // an empty one
  for (const std::uint32_t product : {1, 2}) baskets.add(product);
  baskets.close(3);
  baskets.index_by_product(4);
  EXPECT_EQ(baskets.size(), 3);
  EXPECT_EQ(baskets.lines(), 4);
  EXPECT_EQ(baskets.weight(2), 3);
  EXPECT_THAT(baskets.of(0), ElementsAre(2, 0));
  EXPECT_THAT(baskets.of(1), IsEmpty());
  EXPECT_THAT(baskets.with(2), ElementsAre(0, 2));
  EXPECT_THAT(baskets.with(1), ElementsAre(2));
  EXPECT_THAT(baskets.with(3), IsEmpty());
}

TEST(BasketsTest, ACustomersAreAllThatWasBoughtLastFirst) {
  const auto taken_back = bought(4, 1, {{7}}, 9);
  // Products 0 … 7 get the numbers of their first mention: 0, 1, 2, 3, 7.
  const auto book = book_of({bought(1, 1, {{0}, {1}}, 0), bought(2, 1, {{1}, {2}}, 1), bought(3, 2, {{3}}, 5),
                             taken_back, cancellation_of(taken_back), bought(5, 3, {{0}}, 2)});
  const auto all = customer_baskets(book, book.users().size(), book.products().size());
  ASSERT_EQ(all.size(), 3);
  EXPECT_THAT(all.of(0), ElementsAre(3)) << "customer 2 bought last";
  EXPECT_THAT(all.of(1), ElementsAre(0));
  EXPECT_THAT(all.of(2), ElementsAre(1, 2, 0));
  EXPECT_FLOAT_EQ(all.weight(2), 1 / std::sqrt(3.0F));

  const auto few = customer_baskets(book, book.users().size(), book.products().size(), {.products = 2});
  EXPECT_THAT(few.of(2), ElementsAre(1, 2));
  EXPECT_FLOAT_EQ(few.weight(2), 1 / std::sqrt(2.0F));
  EXPECT_EQ(customer_baskets(book, book.users().size(), book.products().size(), {.most_pairs = 2}).size(), 2);
  const auto known = customer_baskets(book, book.users().size(), 2);
  EXPECT_THAT(known.of(2), ElementsAre(1, 0)) << "of the first two products";
}

}  // namespace
}  // namespace cloudcart::recommendation
