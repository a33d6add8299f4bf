#include "analytics/domain/query.h"

#include <gtest/gtest.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;

DateRange dates(std::string_view from, std::string_view to) {
  return {parse_date(from).value(), parse_date(to).value()};
}
const TimeZone london = TimeZone::load("Europe/London").value();

TEST(ComparisonTest, PeriodsBeforeAreAsLongAndTouch) {
  EXPECT_EQ(compared_dates(Comparison::previous_period, dates("2026-03-01", "2026-03-10")),
            dates("2026-02-19", "2026-02-28"));
}

TEST(ComparisonTest, AYearBeforeHasTheSameDates) {
  EXPECT_EQ(compared_dates(Comparison::previous_year, dates("2025-01-01", "2025-12-31")),
            dates("2024-01-01", "2024-12-31"));
  EXPECT_EQ(compared_dates(Comparison::previous_year, dates("2024-02-29", "2024-02-29")),
            dates("2023-02-28", "2023-02-28"));
}

TEST(ComparisonTest, MatchingWeekdaysAreWholeWeeksEarlierWithoutOverlap) {
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-07")),
            dates("2025-12-29", "2025-12-31"));
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-12")),
            dates("2025-12-22", "2025-12-29"));
  EXPECT_EQ(compared_dates(Comparison::matching_weekdays, dates("2026-01-05", "2026-01-11")),
            dates("2025-12-29", "2026-01-04"));
}

TEST(PlanTest, AsksOnlyForWhatTheMetricsAreMadeOf) {
  const auto plan = [](std::vector<Metric> metrics) {
    return plan_query({.metrics = std::move(metrics)}, dates("2026-01-05", "2026-01-07"), london)->cube;
  };
  EXPECT_FALSE(plan({Metric::net_revenue, Metric::units}).customers);
  EXPECT_TRUE(plan({Metric::net_revenue, Metric::repeat_rate}).customers);
  EXPECT_FALSE(plan({Metric::repeat_rate}).passages);
  EXPECT_TRUE(plan({Metric::time_to_ship}).passages);
}

TEST(PlanTest, TooManyStretchesOfTimeAreRefusedWithTheMend) {
  const Query hours{.metrics = {Metric::orders}, .dimensions = {Dimension::hour, Dimension::weekday}};
  const auto refused = plan_query(hours, dates("2016-01-01", "2025-12-31"), london);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::validation_failed);
  EXPECT_EQ(refused.error().fields.at(0).field, "dimensions");
}

TEST(PlanTest, OnlySomeHoursOfSomeDays) {
  const Query query{.metrics = {Metric::orders},
                    .cycles = {{Dimension::weekday, {0}, false}, {Dimension::hour_of_day, {9, 10}, false}}};
  const auto moments = plan_query(query, dates("2026-01-05", "2026-01-11"), london)->cube.moments;
  EXPECT_EQ(moments,
            (std::vector<TimeRange>{{at("2026-01-05T09:00:00.000Z"), at("2026-01-05T11:00:00.000Z")}}));
}

SalesFigures net(std::int64_t minor) {
  return {.placed_orders = 1, .gross = Money{minor}};
}

TEST(TabulateTest, DaysOnWhichNothingHappenedAreZerosAndTheRunningOneIsIncomplete) {
  const Query query{.metrics = {Metric::net_revenue, Metric::cancellation_rate},
                    .dimensions = {Dimension::day}};
  const auto plan = plan_query(query, dates("2026-01-05", "2026-01-07"), london).value();
  CubeAnswer answer{.rows = {{{std::uint32_t{1}}, {""}, net(1999), {}}}, .groups = 1, .total = net(1999)};
  complete_rows(answer, query, plan);
  const auto result = tabulate(query, plan, answer, nullptr, at("2026-01-07T12:00:00.000Z"));
  EXPECT_EQ(to_csv(result.rows),
            "day,net_revenue,cancellation_rate,incomplete\r\n"
            "2026-01-05,0.00,,false\r\n2026-01-06,19.99,0.00,false\r\n2026-01-07,0.00,,true\r\n");
  EXPECT_EQ(to_csv(result.total), "net_revenue,cancellation_rate\r\n19.99,0.00\r\n");
  EXPECT_EQ(result.row_count, 3u);
}

TEST(TabulateTest, ComparesDaysByPlaceAndProductsById) {
  const Query by_day{.metrics = {Metric::net_revenue},
                     .dimensions = {Dimension::day},
                     .comparison = Comparison::previous_period};
  const auto plan = plan_query(by_day, dates("2026-01-05", "2026-01-06"), london).value();
  CubeAnswer now{.rows = {{{std::uint32_t{0}}, {""}, net(150), {}}}, .total = net(150)};
  const CubeAnswer before{.rows = {{{std::uint32_t{0}}, {""}, net(100), {}}}, .total = net(100)};
  complete_rows(now, by_day, plan);
  EXPECT_EQ(to_csv(tabulate(by_day, plan, now, &before, at("2026-02-01T00:00:00.000Z")).rows),
            "day,net_revenue,compared_net_revenue,change_net_revenue,incomplete\r\n"
            "2026-01-05,1.50,1.00,50.0,false\r\n2026-01-06,0.00,0.00,,false\r\n");

  const Query by_product{.metrics = {Metric::net_revenue}, .dimensions = {Dimension::product}};
  const auto plans = plan_query(by_product, dates("2026-01-05", "2026-01-06"), london).value();
  const CubeAnswer products{
      .rows = {{{id_of<ProductId>(1)}, {"=Tea"}, net(150), {}}}, .groups = 7, .total = net(150)};
  const CubeAnswer others{.rows = {{{id_of<ProductId>(2)}, {"Pot"}, net(9), {}}}, .total = net(9)};
  const auto result = tabulate(by_product, plans, products, &others, at("2026-02-01T00:00:00.000Z"));
  EXPECT_EQ(to_csv(result.rows).substr(to_csv(result.rows).find('\n') + 1),
            id_of<ProductId>(1).to_string() + ",\"'=Tea\",1.50,0.00,\r\n");
  EXPECT_EQ(result.row_count, 7u);
}

TEST(CompleteRowsTest, HoursOfTheWeekAreAllThereAndSortedByTheMetricWhenAsked) {
  const Query query{.metrics = {Metric::orders},
                    .dimensions = {Dimension::weekday, Dimension::hour_of_day},
                    .sort = SortTerm{Metric::orders, true},
                    .limit = 2};
  const auto plan = plan_query(query, dates("2026-01-05", "2026-01-06"), london).value();
  CubeAnswer answer{.rows = {{{std::uint32_t{1}, std::uint32_t{13}}, {"", ""}, net(1), {}}}, .groups = 1};
  complete_rows(answer, query, plan);
  EXPECT_EQ(answer.groups, 168u);
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.rows[0].members, (std::vector<Member>{std::uint32_t{1}, std::uint32_t{13}}));
  EXPECT_EQ(answer.rows[1].members, (std::vector<Member>{std::uint32_t{0}, std::uint32_t{0}}));
}

TEST(SortTest, UndefinedComesLastEitherWay) {
  const auto order = [](bool descending) {
    std::vector<CubeRow> rows{{{std::uint32_t{0}}, {""}, {}, {}},
                              {{std::uint32_t{1}}, {""}, {.placed_orders = 1, .placed_units = 3}, {}},
                              {{std::uint32_t{2}}, {""}, {.placed_orders = 1, .placed_units = 5}, {}}};
    CubeQuery query{.sort = {{Metric::items_per_order, descending}}};
    sort_and_cut(rows, query);
    std::vector<std::uint32_t> members;
    for (const auto& row : rows) members.push_back(std::get<std::uint32_t>(row.members[0]));
    return members;
  };
  EXPECT_EQ(order(false), (std::vector<std::uint32_t>{1, 2, 0}));
  EXPECT_EQ(order(true), (std::vector<std::uint32_t>{2, 1, 0}));
}

}  // namespace
}  // namespace cloudcart::analytics
