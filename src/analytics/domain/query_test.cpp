#include "analytics/domain/query.h"

#include <map>

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

/// A row by the place of a stretch of time.
CubeRow placed_at(std::uint32_t group, std::int64_t minor) {
  return {{group}, {""}, net(minor), {}};
}

/// The rows of a query about groups of time, each compared with what `before` has.
Table compared_rows(const Query& query, DateRange asked, std::vector<CubeRow> now,
                    std::vector<CubeRow> before) {
  const auto plan = plan_query(query, asked, london).value();
  CubeAnswer answer{.rows = std::move(now)};
  complete_rows(answer, query, plan);
  const auto comparison = plan_comparison(query, plan, london, answer.rows).value();
  const CubeAnswer compared{.rows = std::move(before)};
  const Compared both{comparison, compared, compared.total};
  return tabulate(query, plan, answer, &both, at("2030-01-01T00:00:00.000Z")).rows;
}

/// Which amount each stretch is compared with.
std::map<std::string, std::string> compared_by_label(const Table& table) {
  std::map<std::string, std::string> amounts;
  for (const auto& row : table.rows)
    amounts[std::get<std::string>(row[0])] = to_string(std::get<Number>(row[2]));
  return amounts;
}

TEST(TabulateTest, ComparesEachDayWithItsDayBefore) {
  const Query by_day{.metrics = {Metric::net_revenue},
                     .dimensions = {Dimension::day},
                     .period = {.comparison = Comparison::previous_period}};
  EXPECT_EQ(to_csv(compared_rows(by_day, dates("2026-01-05", "2026-01-06"), {placed_at(0, 150)},
                                 {placed_at(0, 100)})),
            "day,net_revenue,compared_net_revenue,change_net_revenue,incomplete\r\n"
            "2026-01-05,1.50,1.00,50.0,false\r\n2026-01-06,0.00,0.00,,false\r\n");
}

TEST(TabulateTest, ALeapDayShiftsNoDayOfTheOtherYear) {
  const Query by_day{.metrics = {Metric::net_revenue},
                     .dimensions = {Dimension::day},
                     .period = {.comparison = Comparison::previous_year}};
  const auto in_leap_year = compared_by_label(
      compared_rows(by_day, dates("2024-02-28", "2024-03-01"), {}, {placed_at(0, 2800), placed_at(1, 100)}));
  EXPECT_EQ(in_leap_year.at("2024-02-28"), "28.00");
  EXPECT_EQ(in_leap_year.at("2024-02-29"), "28.00");
  EXPECT_EQ(in_leap_year.at("2024-03-01"), "1.00");
  const auto after =
      compared_by_label(compared_rows(by_day, dates("2025-02-28", "2025-03-01"), {},
                                      {placed_at(0, 2800), placed_at(1, 2900), placed_at(2, 100)}));
  EXPECT_EQ(after.at("2025-02-28"), "28.00");
  EXPECT_EQ(after.at("2025-03-01"), "1.00");
}

TEST(TabulateTest, AChangeOfTheClocksShiftsNoHourAfterIt) {
  const Query by_hour{.metrics = {Metric::net_revenue},
                      .dimensions = {Dimension::hour},
                      .period = {.comparison = Comparison::matching_weekdays}};
  // The Sunday before had 25 hours: place 10 is where its clock showed nine.
  const auto after = compared_by_label(compared_rows(by_hour, dates("2026-11-01", "2026-11-01"), {},
                                                     {placed_at(1, 1), placed_at(2, 2), placed_at(10, 900)}));
  EXPECT_EQ(after.at("2026-11-01T09:00:00+00:00"), "9.00");
  EXPECT_EQ(after.at("2026-11-01T10:00:00+00:00"), "0.00");
  EXPECT_EQ(after.at("2026-11-01T01:00:00+00:00"), "0.01");
  // A repeated hour is compared with the only one of the week before, both times; one that was skipped has none.
  const auto on_it = compared_by_label(
      compared_rows(by_hour, dates("2026-10-25", "2026-10-25"), {}, {placed_at(1, 100), placed_at(9, 900)}));
  EXPECT_EQ(on_it.at("2026-10-25T01:00:00+01:00"), "1.00");
  EXPECT_EQ(on_it.at("2026-10-25T01:00:00+00:00"), "1.00");
  EXPECT_EQ(on_it.at("2026-10-25T09:00:00+00:00"), "9.00");
  const auto after_spring = compared_by_label(
      compared_rows(by_hour, dates("2026-04-05", "2026-04-05"), {}, {placed_at(0, 1), placed_at(1, 200)}));
  EXPECT_EQ(after_spring.at("2026-04-05T01:00:00+01:00"), "0.00");
  EXPECT_EQ(after_spring.at("2026-04-05T02:00:00+01:00"), "2.00");
}

TEST(TabulateTest, ComparesProductsByIdAndAllWithAll) {
  const Query by_product{.metrics = {Metric::net_revenue},
                         .dimensions = {Dimension::product},
                         .period = {.comparison = Comparison::previous_period}};
  const auto plan = plan_query(by_product, dates("2026-01-05", "2026-01-06"), london).value();
  const CubeAnswer products{
      .rows = {{{id_of<ProductId>(1)}, {"=Tea"}, net(150), {}}}, .groups = 7, .total = net(450)};
  const auto comparison = plan_comparison(by_product, plan, london, products.rows).value();
  ASSERT_EQ(comparison.rows.selections.size(), 1u);
  EXPECT_EQ(comparison.rows.selections[0].members, std::vector<Member>{id_of<ProductId>(1)});
  EXPECT_TRUE(comparison.total.selections.empty());
  EXPECT_TRUE(comparison.total.axes.empty());
  const CubeAnswer others{.rows = {{{id_of<ProductId>(2)}, {"Pot"}, net(9), {}}}};
  const auto all_before = net(300);
  const Compared compared{comparison, others, all_before};
  const auto result = tabulate(by_product, plan, products, &compared, at("2026-02-01T00:00:00.000Z"));
  EXPECT_EQ(to_csv(result.rows).substr(to_csv(result.rows).find('\n') + 1),
            id_of<ProductId>(1).to_string() + ",\"'=Tea\",1.50,0.00,\r\n");
  EXPECT_EQ(to_csv(result.total),
            "net_revenue,compared_net_revenue,change_net_revenue\r\n4.50,3.00,50.0\r\n");
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
