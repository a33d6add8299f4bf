#pragma once

#include <functional>
#include <random>

#include <gtest/gtest.h>

#include "analytics/ports/sales_cube.h"
#include "random_history.h"
#include "runtime/executor.h"

namespace cloudcart::analytics {
using test::deliver;
using test::id_of;
using test::Random;
using test::random_history;
using test::random_time;
using test::up_to;

template <class T, std::size_t n>
T any_of(Random& random, const std::array<T, n>& choices) {
  return choices[random() % n];
}

inline TimeZone random_zone(Random& random) {
  return TimeZone::load(
             any_of(random, std::array{"Europe/London", "UTC", "America/St_Johns", "Asia/Kathmandu",
                                       "Australia/Lord_Howe", "America/Sao_Paulo"}))
      .value();
}

inline Member random_member(Random& random, Dimension dimension) {
  switch (dimension) {
    case Dimension::product:
      return id_of<ProductId>(1 + up_to(random, 13));
    case Dimension::category:
      return "Category " + std::to_string(up_to(random, 3));
    case Dimension::customer:
      if (random() % 5 == 0) return NoCustomer{};
      return id_of<UserId>(1 + up_to(random, 9));
    default:
      return any_of(random, all_order_statuses);
  }
}

constexpr std::array entities{Dimension::product, Dimension::category, Dimension::customer,
                              Dimension::status};

/// Whole days; or from some moment to another, as of a window that ends now; or without the weekends.
inline std::vector<TimeRange> random_moments(Random& random, DateRange dates, const TimeZone& zone) {
  const TimeRange days{zone.start_of(dates.from), zone.start_of(add_days(dates.to, 1))};
  switch (random() % 4) {
    case 0: {
      const auto begin = days.begin + milliseconds{up_to(random, 40'000'000)};
      return {{begin, std::min(days.end, begin + milliseconds{1 + up_to(random, 200'000'000)})}};
    }
    case 1: {
      const auto weekdays = time_axis(Dimension::weekday, dates, zone).axis;
      return stretches_of(weekdays, {5, 6}, random() % 2 == 0);
    }
    default:
      return {days};
  }
}

inline CubeQuery random_query(Random& random) {
  const auto zone = random_zone(random);
  auto from = zone.date_of(random_time(random));
  auto days = static_cast<int>(up_to(random, 9));
  // A quarter of them about most of the history.
  if (random() % 4 == 0) {
    from = parse_date("2026-03-29").value();
    days = 200 + static_cast<int>(up_to(random, 20));
  }
  const DateRange dates{from, add_days(from, days)};
  CubeQuery query{.moments = random_moments(random, dates, zone)};
  if (random() % 8 == 0) query.moments = {all_time};
  const bool has_days = query.moments != std::vector{all_time};
  auto dimensions = std::vector<Dimension>{entities.begin(), entities.end()};
  if (has_days)
    dimensions.insert(dimensions.end(), {Dimension::hour, Dimension::day, Dimension::week, Dimension::month,
                                         Dimension::weekday, Dimension::hour_of_day});
  std::ranges::shuffle(dimensions, random);
  dimensions.resize(random() % 4);
  for (const auto dimension : dimensions)
    query.axes.push_back(
        {dimension, is_of_time(dimension) ? time_axis(dimension, dates, zone).axis : TimeAxis{}});
  for (auto selections = random() % 3; selections > 0; --selections) {
    Selection selection{any_of(random, entities), {}, random() % 2 == 0};
    for (auto members = up_to(random, 3); members > 0; --members)
      selection.members.push_back(random_member(random, selection.dimension));
    query.selections.push_back(std::move(selection));
  }
  query.customers = random() % 2;
  query.passages = random() % 2;
  query.only_placed = random() % 4 == 0;
  if (random() % 2)
    query.sort.push_back({all_metrics()[random() % all_metrics().size()].metric, random() % 2 == 0});
  if (!query.axes.empty() && random() % 2)
    query.sort.push_back({random() % query.axes.size(), random() % 2 == 0});
  if (random() % 2) query.limit = 1 + random() % 20;
  return query;
}

template <class Asked>
auto answer_of(Asked task) {
  return sync_wait(std::move(task)).value();
}

/// Asks both the same, at random. `store` is what is checked, `plain` a store that goes through all orders.
inline void check_queries(Random& random, SalesCube& store, SalesCube& plain, int rounds = 60,
                          const std::function<bool(const CubeQuery&)>& is_asked = {}) {
  for (int round = 0; round < rounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("query " + std::to_string(round));
    CubeQuestions questions{{random_query(random), random_query(random)}, 5};
    if (is_asked) std::erase_if(questions.queries, std::not_fn(is_asked));
    const auto left = answer_of(store.ask({}, questions, Deadline::max()));
    const auto right = answer_of(plain.ask({}, questions, Deadline::max()));
    EXPECT_EQ(left.recent_orders, right.recent_orders);
    for (std::size_t i = 0; i < questions.queries.size(); ++i) {
      EXPECT_EQ(left.answers[i].total, right.answers[i].total);
      EXPECT_EQ(left.answers[i].groups, right.answers[i].groups);
      EXPECT_EQ(left.answers[i].rows, right.answers[i].rows);
    }
  }
}

inline void check_reports(Random& random, SalesCube& store, SalesCube& plain, int rounds = 10) {
  for (int round = 0; round < rounds; ++round) {
    const auto zone = random_zone(random);
    const auto from = zone.date_of(random_time(random));
    const DateRange dates{from, add_days(from, static_cast<int>(up_to(random, 250)))};
    const Period period{dates, zone};
    const auto months = time_axis(Dimension::month, dates, zone).axis;
    EXPECT_EQ(answer_of(store.cohorts({}, months, Deadline::max())),
              answer_of(plain.cohorts({}, months, Deadline::max())));
    const auto product = id_of<ProductId>(1 + up_to(random, 14));
    EXPECT_EQ(answer_of(store.companions({}, product, period.range(), 5, Deadline::max())),
              answer_of(plain.companions({}, product, period.range(), 5, Deadline::max())));
  }
  auto profiles = answer_of(store.customers({}, Deadline::max()));
  std::ranges::sort(profiles, {}, &CustomerProfile::user);
  EXPECT_EQ(profiles, answer_of(plain.customers({}, Deadline::max())));
  EXPECT_EQ(answer_of(store.extent({}, Deadline::max())), answer_of(plain.extent({}, Deadline::max())));
}

}  // namespace cloudcart::analytics
