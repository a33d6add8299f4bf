#include "recommendation/neural/basket_batches.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <gmock/gmock.h>

namespace cloudcart::recommendation::neural {
namespace {

using testing::ElementsAreArray;

/// What a batch shows and hides of its basket `index`.
std::pair<std::set<std::uint32_t>, std::set<std::uint32_t>> parts(const Batch<float>& batch,
                                                                  std::size_t index) {
  std::pair<std::set<std::uint32_t>, std::set<std::uint32_t>> both;
  for (std::size_t i = index == 0 ? 0 : batch.input_ends[index - 1]; i < batch.input_ends[index]; ++i) {
    both.first.insert(batch.shown[batch.inputs[i].position]);
  }
  for (std::size_t i = index == 0 ? 0 : batch.target_ends[index - 1]; i < batch.target_ends[index]; ++i) {
    both.second.insert(batch.candidates[batch.targets[i].position]);
  }
  return both;
}

TEST(BasketBatchesTest, ShowEachProductOfABasketOrHideIt) {
  const std::vector<std::uint32_t> offsets{0, 4, 6}, items{7, 3, 7, 5, 1, 2}, chosen{1, 0};
  BasketBatches batches({offsets, items, {}}, 10, 4, {});
  Random random(1, 1);
  Batch<float> batch;
  std::set<std::size_t> sizes;
  for (int visit = 0; visit < 200; ++visit) {
    batches.make(chosen, true, random, batch);
    ASSERT_EQ(batch.size(), 2);
    for (const auto& [index, whole] :
         std::map<std::size_t, std::set<std::uint32_t>>{{0, {1, 2}}, {1, {3, 5, 7}}}) {
      auto [shown, hidden] = parts(batch, index);
      EXPECT_FALSE(hidden.empty());
      if (index == 1) sizes.insert(shown.size());
      const std::size_t both = shown.size() + hidden.size();
      shown.merge(hidden);
      EXPECT_EQ(shown, whole);
      EXPECT_EQ(both, whole.size());
    }
    EXPECT_EQ(batch.candidates.size(), 10U) << "few products are all candidates";
  }
  EXPECT_THAT(sizes, ElementsAreArray({0, 1, 2}));
}

TEST(BasketBatchesTest, DrawAtMostSoManyProductsOfALargeBasket) {
  std::vector<std::uint32_t> items(500);
  for (std::uint32_t item = 0; item < 500; ++item) items[item] = item;
  const std::vector<std::uint32_t> offsets{0, 500}, chosen{0};
  BasketBatches batches({offsets, items, {}}, 500, 4, {.basket_products = 50});
  Random random(1, 1);
  Batch<float> batch;
  std::set<std::uint32_t> seen;
  for (int visit = 0; visit < 100; ++visit) {
    batches.make(chosen, true, random, batch);
    EXPECT_EQ(batch.inputs.size() + batch.targets.size(), 50U);
    seen.merge(parts(batch, 0).first);
    seen.merge(parts(batch, 0).second);
  }
  EXPECT_EQ(seen.size(), 500U) << "over the visits, all of them take part";
}

TEST(BasketBatchesTest, TheChancesOfCandidatesAreWhatTheySay) {
  // Product i is in every basket below 40 whose number i divides: popular and rare ones, and 900 that never sold.
  constexpr std::uint32_t products = 1000;
  std::vector<std::uint32_t> offsets{0}, items, chosen;
  for (std::uint32_t basket = 0; basket < 40; ++basket) {
    for (std::uint32_t item = 0; item < 100; ++item) {
      if (basket % (item + 1) == 0) items.push_back(item);
    }
    items.push_back(100);
    offsets.push_back(static_cast<std::uint32_t>(items.size()));
  }
  BasketBatches batches({offsets, items, {}}, products, 4, {.sampled_products = 64, .all_products = 10});
  Random random(5, 1);
  Batch<float> batch;
  // Each chance is that which the batch tells, so the sum of 1 / chance over the candidates is the number of products.
  double sum = 0;
  double most_popular = 0;
  constexpr int rounds = 3000;
  for (int round = 0; round < rounds; ++round) {
    chosen.clear();
    for (int i = 0; i < 8; ++i) chosen.push_back(static_cast<std::uint32_t>(random.below(40)));
    batches.make(chosen, true, random, batch);
    ASSERT_EQ(static_cast<std::size_t>(batch.log_chance.size()), batch.candidates.size());
    EXPECT_LE(batch.log_chance.maxCoeff(), 0) << "a chance is at most 1";
    sum += (-batch.log_chance.array()).exp().sum();
    const auto found = std::ranges::find(batch.candidates, 100U);
    if (found != batch.candidates.end()) {
      most_popular += std::exp(-batch.log_chance[found - batch.candidates.begin()]);
    }
  }
  EXPECT_NEAR(most_popular / rounds, 1, 0.05) << "and of each product it is 1";
  EXPECT_NEAR(sum / rounds, products, products * 0.05);
}

TEST(BasketsTest, AreCheckedBeforeTheyAreRead) {
  const std::vector<std::uint32_t> rising{0, 2, 3}, falling{0, 3, 2}, beyond{0, 2, 4}, late{1, 2, 3},
      items{0, 1, 2};
  const std::vector<float> good{1, 0}, negative{1, -1}, endless{1, std::numeric_limits<float>::infinity()},
      short_{1};
  EXPECT_TRUE(check({rising, items, good}, 3));
  EXPECT_TRUE(check({}, 0));
  const std::map<std::string, Baskets> bad{{"falling", {falling, items, {}}},
                                           {"beyond", {beyond, items, {}}},
                                           {"late", {late, items, {}}},
                                           {"no offsets", {{}, items, {}}},
                                           {"negative", {rising, items, negative}},
                                           {"endless", {rising, items, endless}},
                                           {"one weight", {rising, items, short_}}};
  for (const auto& [name, baskets] : bad) {
    const Status status = check(baskets, 3);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code, ErrorCode::validation_failed) << name;
  }
  EXPECT_FALSE(check({rising, items, {}}, 2)) << "2 is no product";
}

}  // namespace
}  // namespace cloudcart::recommendation::neural
