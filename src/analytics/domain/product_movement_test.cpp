#include "analytics/domain/product_movement.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;

SalesFigures sold(std::int64_t net, std::int64_t units = 0) {
  return {.placed_orders = 1, .placed_units = units, .gross = Money{net}};
}

ProductMovement movement(std::uint32_t product, std::int64_t before, std::int64_t now,
                         std::int64_t units = 0) {
  return {id_of<ProductId>(product), {}, sold(before), sold(now, units)};
}

std::vector<ProductId> ids(const std::vector<ProductMovement>& movements) {
  std::vector<ProductId> ids;
  for (const auto& one : movements) ids.push_back(one.product);
  return ids;
}

std::vector<ProductId> ids(std::initializer_list<std::uint32_t> numbers) {
  std::vector<ProductId> ids;
  for (const auto number : numbers) ids.push_back(id_of<ProductId>(number));
  return ids;
}

TEST(TwoPeriodsTest, AreOfAsManyDaysInARow) {
  const Period week{.dates = {parse_date("2026-03-29").value(), parse_date("2026-04-04").value()},
                    .zone = TimeZone::load("Europe/London").value()};
  const auto periods = TwoPeriods::of(week);
  EXPECT_EQ(periods.before.begin, at("2026-03-22T00:00:00.000Z"));
  EXPECT_EQ(periods.before.end, periods.now.begin);
  EXPECT_EQ(periods.now.end, at("2026-04-04T23:00:00.000Z"));
}

TEST(TwoPeriodsTest, AYearBeforeLeavesAGapOrOverlaps) {
  Period period{.dates = {parse_date("2024-02-28").value(), parse_date("2024-03-01").value()},
                .zone = TimeZone{},
                .comparison = Comparison::previous_year};
  auto periods = TwoPeriods::of(period);
  EXPECT_EQ(periods.before, (TimeRange{at("2023-02-28T00:00:00.000Z"), at("2023-03-02T00:00:00.000Z")}));
  period.dates = {parse_date("2024-01-01").value(), parse_date("2025-12-31").value()};
  periods = TwoPeriods::of(period);
  EXPECT_EQ(periods.before, (TimeRange{at("2023-01-01T00:00:00.000Z"), at("2025-01-01T00:00:00.000Z")}));
  EXPECT_EQ(periods.now, (TimeRange{at("2024-01-01T00:00:00.000Z"), at("2026-01-01T00:00:00.000Z")}));
}

TEST(MovementsTest, HoldWhatWasSoldInEitherPeriod) {
  const auto row = [](std::uint32_t product, std::int64_t net) {
    return CubeRow{
        .members = {id_of<ProductId>(product)}, .names = {"Cup"}, .figures = sold(net), .last_order_at = {}};
  };
  const CubeAnswers answers{
      .progress = {},
      .answers = {{.rows = {row(1, 500), row(2, 700)}}, {.rows = {row(2, 900), row(3, 100)}}},
      .recent_orders = {}};
  const auto movements = movements_from(answers);
  EXPECT_EQ(ids(movements), ids({1, 2, 3}));
  EXPECT_EQ(movements[0].change(), Money{-500});
  EXPECT_EQ(movements[1].change(), Money{200});
  EXPECT_EQ(movements[2].change(), Money{100});
  EXPECT_EQ(movements[1].name, "Cup");
}

TEST(ProductMovementTest, ChangeIsInPercentOfWhatWasSoldBefore) {
  EXPECT_EQ(movement(1, 3000, 1000).change(), Money{-2000});
  EXPECT_EQ(movement(1, 3000, 1000).change_in_percent(), (Number{-6667, 2}));
  EXPECT_EQ(movement(1, 1000, -500).change_in_percent(), (Number{-15'000, 2}));
  EXPECT_EQ(movement(1, 0, 1000).change_in_percent(), std::nullopt);
  EXPECT_EQ(movement(1, -100, 1000).change_in_percent(), std::nullopt);
}

TEST(ProductMovementTest, TopIsByRevenueThenUnits) {
  std::vector movements{movement(1, 0, 500, 1), movement(2, 0, 900, 1), movement(3, 0, 500, 4),
                        movement(4, 0, 500, 1)};
  sort_by_revenue(movements);
  EXPECT_EQ(ids(movements), ids({2, 3, 1, 4}));
}

TEST(ProductMovementTest, FallingIsByTheLossAndHoldsNobodyElse) {
  std::vector movements{movement(1, 500, 400), movement(2, 9000, 9000), movement(3, 100, 0),
                        movement(4, 20'000, 19'000), movement(5, 0, 70)};
  auto two = movements;
  keep_falling(movements, 10);
  EXPECT_EQ(ids(movements), ids({4, 1, 3}));
  keep_falling(two, 2);
  EXPECT_EQ(ids(two), ids({4, 1}));
}

TEST(DaysOfStockLeftTest, IsHowLongItLastsAtThisPace) {
  const seconds month = std::chrono::days{30};
  EXPECT_EQ(days_of_stock_left(10, 60, month), (Number{50, 1}));
  EXPECT_EQ(days_of_stock_left(7, 60, month), (Number{35, 1}));
  EXPECT_EQ(days_of_stock_left(1, 90, month), (Number{3, 1}));
  EXPECT_EQ(days_of_stock_left(0, 60, month), (Number{0, 1}));
  EXPECT_EQ(days_of_stock_left(0, 0, month), (Number{0, 1}));
  EXPECT_EQ(days_of_stock_left(10, 0, month), std::nullopt);
  EXPECT_EQ(days_of_stock_left(10, -3, month), std::nullopt);
  EXPECT_EQ(days_of_stock_left(2'000'000'000, 1, std::chrono::days{3660}), (Number{73'200'000'000'000, 1}));
}

TEST(ElapsedTest, IsThePartGoneByButADayAtLeast) {
  const TimeRange days{at("2026-07-01T00:00:00.000Z"), at("2026-07-08T00:00:00.000Z")};
  EXPECT_EQ(elapsed_of(days, at("2026-07-20T00:00:00.000Z")), std::chrono::days{7});
  EXPECT_EQ(elapsed_of(days, at("2026-07-03T12:00:00.000Z")), 60h);
  EXPECT_EQ(elapsed_of(days, at("2026-07-01T00:10:00.000Z")), 24h);
  EXPECT_EQ(elapsed_of(days, at("2026-06-01T00:00:00.000Z")), 24h);
}

/// A shop's products, answering the queries of the search as a store would.
struct Shelf {
  std::vector<ProductMovement> products;  ///< without figures in a period: not sold in it
  std::size_t compared = 0;

  CubeAnswer list(const CubeQuery& query, SalesFigures ProductMovement::* period) const {
    CubeAnswer answer;
    for (const auto& product : products)
      if (product.*period != SalesFigures{})
        answer.rows.push_back(
            {.members = {product.product}, .names = {""}, .figures = product.*period, .last_order_at = {}});
    answer.groups = answer.rows.size();
    sort_and_cut(answer.rows, query);
    return answer;
  }
  CubeAnswers lists(const CubeQuestions& questions) const {
    return {{},
            {list(questions.queries[0], &ProductMovement::before),
             list(questions.queries[1], &ProductMovement::now)},
            {}};
  }
  std::vector<ProductMovement> compare(const std::vector<ProductId>& candidates) {
    std::vector<ProductMovement> found;
    for (const auto& product : products)
      if (std::ranges::find(candidates, product.product) != candidates.end()) found.push_back(product);
    compared = found.size();
    return found;
  }
  std::vector<ProductMovement> falling(std::size_t depth, std::size_t limit) {
    FallingSearch search({}, limit, depth);
    while (true) {
      auto found = compare(search.candidates(lists(search.lists())));
      keep_falling(found, limit);
      if (search.is_settled(found)) return found;
    }
  }
};

TEST(FallingSearchTest, ComparesAFewOfManyProducts) {
  Shelf shelf;
  for (std::uint32_t product = 1; product <= 1000; ++product)
    shelf.products.push_back(
        movement(product, 1'000'000 / product, product % 10 == 0 ? 0 : 1'000'000 / product));
  EXPECT_EQ(ids(shelf.falling(50, 3)), ids({10, 20, 30}));
  EXPECT_LE(shelf.compared, 100u);
}

TEST(FallingSearchTest, IsNotSettledByALossThatIsNoLongerThere) {
  Shelf shelf;
  for (std::uint32_t product = 1; product <= 20; ++product)
    shelf.products.push_back(movement(product, 1000 - product, 990 - product));
  shelf.products[4].now = sold(0);
  FallingSearch search({}, 1, 5);
  auto found = shelf.compare(search.candidates(shelf.lists(search.lists())));
  keep_falling(found, 1);
  EXPECT_FALSE(search.is_settled(found));  // one further down may have lost 995 as well
  shelf.products[4].now = sold(1000);      // somebody buys it just now
  shelf.products[19].now = sold(0);        // and the last one is given back: it has lost 980
  found = shelf.compare(search.candidates(shelf.lists(search.lists())));
  keep_falling(found, 1);
  EXPECT_FALSE(search.is_settled(found));
  found = shelf.compare(search.candidates(shelf.lists(search.lists())));
  keep_falling(found, 1);
  EXPECT_TRUE(search.is_settled(found));
  EXPECT_EQ(ids(found), ids({20}));
}

TEST(FallingSearchTest, FindsOneThatSoldNothingBeforeAndGaveBackMuch) {
  Shelf shelf;
  for (std::uint32_t product = 1; product <= 100; ++product)
    shelf.products.push_back(movement(product, 1000, 999));
  shelf.products.push_back({id_of<ProductId>(200), {}, {}, {.cancelled = Money{5000}}});
  EXPECT_EQ(ids(shelf.falling(5, 1)), ids({200}));
}

TEST(FallingSearchPropertyTest, FindsWhatComparingAllOfThemFinds) {
  EXPECT_TRUE(rc::check([] {
    Shelf shelf;
    const auto some = [] {
      const auto net = *rc::gen::element<std::int64_t>(0, 0, 1, 5, 50, 51, 500, 501, 9000);
      return *rc::gen::inRange(0, 8) == 0 ? -net : net;
    };
    for (std::uint32_t product = 1; product <= 40; ++product) {
      const auto before = some(), now = some();
      shelf.products.push_back({id_of<ProductId>(product),
                                {},
                                before == 0 ? SalesFigures{} : sold(before),
                                now == 0 ? SalesFigures{} : sold(now)});
    }
    const auto limit = *rc::gen::inRange<std::size_t>(1, 12);
    auto expected = shelf.products;
    keep_falling(expected, limit);
    RC_ASSERT(shelf.falling(*rc::gen::inRange<std::size_t>(1, 20), limit) == expected);
  }));
}

}  // namespace
}  // namespace cloudcart::analytics
