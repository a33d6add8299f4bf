#include "analytics/columns/distinct_customers.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

using Visits = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  ///< group, customer

/// Counted the plain way.
class PlainCount {
 public:
  void add(std::uint32_t group, std::uint32_t customer) { ++visits_[group][customer]; }
  DistinctCustomers::Count of(std::uint32_t group) {
    DistinctCustomers::Count count;
    for (const auto& [customer, visits] : visits_[group]) {
      ++count.active;
      count.repeat += visits > 1;
    }
    return count;
  }

 private:
  std::map<std::uint32_t, std::map<std::uint32_t, int>> visits_;
};

void expect_equal(DistinctCustomers::Count a, DistinctCustomers::Count b) {
  EXPECT_EQ(a.active, b.active);
  EXPECT_EQ(a.repeat, b.repeat);
}

TEST(DistinctCustomersTest, CountsAlikeWhetherDenseOrByHash) {
  std::mt19937 random(1);
  PlainCount plain;
  DistinctCustomers dense(20, 50), hashed(1 << 20, 1 << 10);
  for (int i = 0; i < 2'000; ++i) {
    const std::uint32_t group = random() % 20, customer = random() % 50;
    plain.add(group, customer);
    EXPECT_EQ(dense.add(group, customer), hashed.add(group, customer));
  }
  for (std::uint32_t group = 0; group < 20; ++group) {
    expect_equal(dense.of(group), plain.of(group));
    expect_equal(hashed.of(group), plain.of(group));
  }
  expect_equal(hashed.of(19'999), {});
}

TEST(DistinctCustomersTest, GroupsBeyondThoseThatWereForeseenCountToo) {
  DistinctCustomers counted(4, 3);
  for (const std::uint32_t customer : {2, 2, 1}) counted.add(9, customer);
  counted.add(3, 2);
  expect_equal(counted.of(9), {2, 1});
  expect_equal(counted.of(3), {1, 0});
}

TEST(CustomersInOrderTest, CountsWhoComesInOrderAndWhoIsALittleLate) {
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    PlainCount plain;
    CustomersInOrder counted(30, 12);
    for (std::uint32_t group = 0; group < 30; ++group) {
      for (auto visits = random() % 8; visits > 0; --visits) {
        const std::uint32_t late = group > 0 && random() % 4 == 0 ? 1 : 0;
        const std::uint32_t customer = random() % 12;
        plain.add(group - late, customer);
        ASSERT_TRUE(counted.add(group - late, customer)) << seed;
      }
    }
    for (std::uint32_t group = 0; group < 30; ++group) expect_equal(counted.of(group), plain.of(group));
  }
}

TEST(CustomersInOrderTest, OneWhoComesFarTooLateIsSaidSo) {
  CustomersInOrder counted(10, 2);
  for (const std::uint32_t group : {3, 5, 7}) EXPECT_TRUE(counted.add(group, 1));
  EXPECT_TRUE(counted.add(6, 1));
  EXPECT_FALSE(counted.add(5, 1));
  // Another customer's order is another matter.
  EXPECT_TRUE(counted.add(0, 0));
}

}  // namespace
}  // namespace cloudcart::analytics
