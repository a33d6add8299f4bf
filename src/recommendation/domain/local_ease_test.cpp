#include "recommendation/domain/local_ease.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

#include <gtest/gtest.h>

namespace cloudcart::recommendation {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// Gauss with pivots: plain, and nothing like the code under test.
std::vector<double> solve(Matrix a, std::vector<double> b) {
  const auto n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = k + 1; i < n; ++i) {
      const auto factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

class LocalEaseTest : public testing::Test {
 protected:
  void make_baskets(std::uint32_t product_count, std::size_t count, std::size_t size) {
    products = product_count;
    std::mt19937 random(11);
    Baskets baskets;
    for (std::size_t b = 0; b < count; ++b) {
      // Products near each other are bought together.
      const auto centre = static_cast<double>(random() % products);
      std::vector<std::pair<double, std::uint32_t>> all;
      for (std::uint32_t p = 0; p < products; ++p)
        all.emplace_back(std::abs(p - centre) + static_cast<double>(random() % 1000) / 100, p);
      std::ranges::sort(all);
      const auto own_size = 1 + random() % size;
      for (std::size_t i = 0; i < own_size; ++i) baskets.add(all[i].second);
      baskets.close(1 + static_cast<float>(random() % 4));
    }
    lines = baskets.lines();
    gram.assign(products, std::vector<double>(products));
    for (std::uint32_t b = 0; b < baskets.size(); ++b)
      for (const auto p : baskets.of(b))
        for (const auto q : baskets.of(b)) gram[p][q] += baskets.weight(b);
    double diagonal = 0;
    for (std::uint32_t p = 0; p < products; ++p) diagonal += gram[p][p];
    ridge_of_one = diagonal / static_cast<double>(lines);
    pairs.count_all(std::move(baskets), products, run_alone);
  }
  /// Those that have anything in common with `product`, nearest by cosine first.
  std::vector<std::uint32_t> nearest(std::uint32_t product, std::size_t most) const {
    std::vector<std::pair<double, std::uint32_t>> all;
    for (std::uint32_t q = 0; q < products; ++q)
      if (q != product && gram[product][q] > 0)
        all.emplace_back(-gram[product][q] / std::sqrt(gram[product][product] * gram[q][q]), q);
    std::ranges::sort(all);
    std::vector<std::uint32_t> answer;
    for (const auto& [distance, q] : std::span{all}.first(std::min(all.size(), most))) answer.push_back(q);
    return answer;
  }
  /// The regression of `product` on some others, by row.
  std::vector<double> regression(std::uint32_t product, const std::vector<std::uint32_t>& on,
                                 double l2) const {
    Matrix a;
    std::vector<double> b;
    for (const auto p : on) {
      auto& row = a.emplace_back();
      for (const auto q : on) row.push_back(gram[p][q] + (p == q ? l2 * ridge_of_one : 0));
      b.push_back(gram[p][product]);
    }
    const auto weights = solve(a, b);
    std::vector<double> answer(products);
    for (std::size_t i = 0; i < on.size(); ++i) answer[on[i]] = weights[i];
    return answer;
  }
  void expect_regressions(const LocalEase& ease, std::size_t neighbours, double l2) const {
    for (std::uint32_t product = 0; product < products; ++product) {
      const auto expected = regression(product, nearest(product, neighbours), l2);
      for (std::uint32_t row = 0; row < products; ++row)
        ASSERT_NEAR(ease.rows().at(row, product), expected[row], 2e-4) << row << " to " << product;
    }
  }

  Epochs epochs;
  std::uint32_t products = 0;
  std::uint64_t lines = 0;
  Matrix gram;
  double ridge_of_one = 0;
  CoPurchases pairs{epochs, {}, Timestamp{}};
};

TEST_F(LocalEaseTest, WithAllNeighboursItIsTheFullRegressionWithoutTheProductItself) {
  make_baskets(20, 800, 15);
  LocalEase ease(epochs, {.neighbours = 50, .l2 = 5});
  ease.solve_all(pairs, products, lines, run_alone);
  for (std::uint32_t product = 0; product < products; ++product) {
    // Those without a common order get no weight, though the full regression might give them some.
    ASSERT_EQ(nearest(product, 50).size(), products - 1) << "the test's data should leave none out";
    ASSERT_EQ(ease.rows().at(product, product), 0);
  }
  expect_regressions(ease, 50, 5);
}

TEST_F(LocalEaseTest, AProductIsRegressedOnItsNearest) {
  make_baskets(150, 3000, 10);
  LocalEase ease(epochs, {.neighbours = 12, .l2 = 3, .row_entries = 150});
  ease.solve_all(pairs, products, lines, [](const std::function<void()>& work) {
    std::thread other(work);
    work();
    other.join();
  });
  expect_regressions(ease, 12, 3);
}

TEST_F(LocalEaseTest, TheLargestOfARowAreKept) {
  make_baskets(60, 1000, 8);
  LocalEase all(epochs, {.l2 = 2}), few(epochs, {.l2 = 2, .row_entries = 7});
  all.solve_all(pairs, products, lines, run_alone);
  few.solve_all(pairs, products, lines, run_alone);
  for (std::uint32_t row = 0; row < products; ++row) {
    std::vector<LiveRows::Entry> entries;
    all.rows().for_each(row, [&](std::uint32_t column, float value) { entries.push_back({column, value}); });
    ASSERT_GT(entries.size(), 7);
    std::ranges::sort(entries, std::greater{}, [](const auto& entry) { return std::abs(entry.value); });
    for (std::size_t i = 0; i < entries.size(); ++i)
      ASSERT_EQ(few.rows().at(row, entries[i].column), i < 7 ? entries[i].value : 0);
  }
}

TEST_F(LocalEaseTest, OfNothingThereIsNothing) {
  pairs.make_room(3);
  LocalEase ease(epochs, {});
  ease.solve_all(pairs, 3, 0, run_alone);
  ease.rows().for_each(2, [](auto, auto) { FAIL(); });
}

TEST_F(LocalEaseTest, AProductThatOwesItsPlaceToAnotherGetsLittle) {
  // 0 and 1 are bought together; 2 goes with 0 whatever else there is, and so comes along with 1.
  products = 3;
  Baskets baskets;
  const auto add = [&](std::initializer_list<std::uint32_t> basket, int times) {
    for (int i = 0; i < times; ++i) {
      for (const auto product : basket) baskets.add(product);
      baskets.close(1);
    }
  };
  add({0, 1, 2}, 100);
  add({0, 2}, 100);
  add({1}, 100);
  const auto count = baskets.lines();
  pairs.count_all(std::move(baskets), products, run_alone);
  LocalEase ease(epochs, {});
  ease.solve_all(pairs, products, count, run_alone);
  EXPECT_EQ(pairs.rows().at(1, 2), 100);
  EXPECT_GT(ease.rows().at(0, 2), 0.8);
  EXPECT_LT(ease.rows().at(1, 2), 0.1);
}

}  // namespace
}  // namespace cloudcart::recommendation
