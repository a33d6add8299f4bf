#include "load/histogram.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/random.h"

namespace cloudcart::load {
namespace {

TEST(HistogramTest, IsEmptyAtFirst) {
  const Histogram none;
  EXPECT_EQ(none.count(), 0U);
  EXPECT_EQ(none.at(0.99), 0U);
  EXPECT_EQ(none.max(), 0U);
  EXPECT_EQ(none.mean(), 0.0);
}

TEST(HistogramTest, SmallValuesAreExact) {
  Histogram all;
  for (int value = 0; value < 200; ++value) all.add(value);
  EXPECT_EQ(all.at(0), 0U);
  EXPECT_EQ(all.at(0.5), 99U);
  EXPECT_EQ(all.at(0.99), 197U);
  EXPECT_EQ(all.at(1), 199U);
  EXPECT_DOUBLE_EQ(all.mean(), 99.5);
}

TEST(HistogramTest, AValueIsFoundWithinOnePercentAndNeverBelow) {
  Random random(7, 0);
  for (int i = 0; i < 1'000; ++i) {
    const auto value = random.next() >> (24 + random.below(40));
    Histogram one;
    one.add(static_cast<std::int64_t>(value));
    // A larger one beside it, so that max() does not round it off.
    one.add(static_cast<std::int64_t>(value) + (std::int64_t{1} << 41));
    const auto found = one.at(0.5);
    if (value >= std::uint64_t{1} << 40) continue;
    ASSERT_GE(found, value);
    ASSERT_LE(static_cast<double>(found - value), 0.01 * static_cast<double>(value)) << value;
  }
}

TEST(HistogramTest, QuantilesAgreeWithASortedList) {
  Random random(8, 0);
  Histogram all;
  std::vector<std::uint64_t> list;
  for (int i = 0; i < 50'000; ++i) {
    list.push_back(20'000 + random.below(1U << (4 + random.below(24))));
    all.add(static_cast<std::int64_t>(list.back()));
  }
  std::ranges::sort(list);
  for (const double quantile : {0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(list.size())));
    const auto exact = list[rank - 1];
    EXPECT_GE(all.at(quantile), exact) << quantile;
    EXPECT_LE(static_cast<double>(all.at(quantile)), 1.01 * static_cast<double>(exact)) << quantile;
  }
  EXPECT_EQ(all.at(1), list.back());
  EXPECT_EQ(all.max(), list.back());
}

TEST(HistogramTest, TakesWhatIsOutOfRange) {
  Histogram odd;
  odd.add(-5);
  EXPECT_EQ(odd.at(1), 0U);
  odd.add(std::int64_t{1} << 50);
  EXPECT_EQ(odd.at(1), std::uint64_t{1} << 50);
}

TEST(HistogramTest, AddsUp) {
  Histogram a, b, both;
  for (int i = 1; i <= 1000; ++i) {
    (i % 2 ? a : b).add(i * 1000);
    both.add(i * 1000);
  }
  a.add(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.at(0.9), both.at(0.9));
  EXPECT_EQ(a.max(), both.max());
  EXPECT_DOUBLE_EQ(a.mean(), both.mean());
}

}  // namespace
}  // namespace cloudcart::load
