#include "analytics/domain/metric.h"

#include <set>

#include <gtest/gtest.h>

#include "analytics/domain/dimension.h"

namespace cloudcart::analytics {
namespace {

const SalesFigures figures{.placed_orders = 5,
                           .placed_units = 12,
                           .gross = Money{10'000},
                           .cancelled_orders = 2,
                           .cancelled_units = 4,
                           .cancelled = Money{3'000},
                           .new_customers = 1,
                           .active_customers = 3,
                           .repeat_customers = 2,
                           .shipped_orders = 2,
                           .shipping_seconds = 9'000,
                           .delivered_orders = 4,
                           .delivering_seconds = 50'000};

TEST(MetricTest, EachStandsAtItsPlaceWithANameOfItsOwnAndWords) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < all_metrics().size(); ++i) {
    const auto& metric = all_metrics()[i];
    EXPECT_EQ(static_cast<std::size_t>(metric.metric), i) << metric.name;
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_GT(metric.description.size(), 15u) << metric.name;
    EXPECT_EQ(parse_metric(metric.name), metric.metric);
  }
  EXPECT_EQ(parse_metric("revenue"), std::nullopt);
}

TEST(DimensionTest, EachStandsAtItsPlaceWithANameOfItsOwn) {
  for (std::size_t i = 0; i < all_dimensions().size(); ++i) {
    const auto& dimension = all_dimensions()[i];
    EXPECT_EQ(static_cast<std::size_t>(dimension.dimension), i) << dimension.name;
    EXPECT_EQ(parse_dimension(dimension.name), dimension.dimension);
  }
  EXPECT_EQ(parse_dimension("year"), std::nullopt);
}

TEST(MetricTest, IsMadeOfTheFigures) {
  const auto text = [](Metric metric) {
    const auto value = value_of(metric, figures);
    return value ? to_string(*value) : "undefined";
  };
  EXPECT_EQ(text(Metric::gross_revenue), "100.00");
  EXPECT_EQ(text(Metric::cancelled_revenue), "30.00");
  EXPECT_EQ(text(Metric::net_revenue), "70.00");
  EXPECT_EQ(text(Metric::orders), "3");
  EXPECT_EQ(text(Metric::units), "8");
  EXPECT_EQ(text(Metric::average_order_value), "23.33");
  EXPECT_EQ(text(Metric::items_per_order), "2.40");
  EXPECT_EQ(text(Metric::cancellation_rate), "40.00");
  EXPECT_EQ(text(Metric::returning_customers), "2");
  EXPECT_EQ(text(Metric::repeat_rate), "66.67");
  EXPECT_EQ(text(Metric::time_to_ship), "1.25");
  EXPECT_EQ(text(Metric::time_to_deliver), "3.47");
}

TEST(MetricTest, AShareOfNothingIsUndefinedAndASumOfNothingIsZero) {
  for (const auto& metric : all_metrics()) {
    const auto value = value_of(metric.metric, SalesFigures{});
    const bool is_ratio = metric.name == "items_per_order" || metric.name == "cancellation_rate" ||
                          metric.name == "repeat_rate" || metric.name == "time_to_ship" ||
                          metric.name == "time_to_deliver";
    EXPECT_EQ(value.has_value(), !is_ratio) << metric.name;
    if (value) EXPECT_EQ(value->scaled, 0) << metric.name;
  }
}

TEST(SecondsBetweenTest, RoundsDownAlsoBelowZero) {
  const auto at = [](std::int64_t ms) { return from_unix_ms(ms); };
  EXPECT_EQ(seconds_between(at(0), at(1'999)), 1);
  EXPECT_EQ(seconds_between(at(1), at(0)), -1);
}

}  // namespace
}  // namespace cloudcart::analytics
