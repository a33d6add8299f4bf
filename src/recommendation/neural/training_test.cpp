#include "recommendation/neural/training.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "core/random.h"

namespace cloudcart::recommendation::neural {
namespace {

const auto never = [] { return false; };

struct OwnedBaskets {
  std::vector<std::uint32_t> offsets{0}, items;
  std::vector<float> weights;

  void add(std::initializer_list<std::uint32_t> basket) {
    items.insert(items.end(), basket);
    offsets.push_back(static_cast<std::uint32_t>(items.size()));
  }
  Baskets view() const { return {offsets, items, weights}; }
};

/// Each basket is of one of two clusters of products: 0 … half - 1, or half … 2 half - 1.
OwnedBaskets two_clusters(std::size_t baskets, std::uint32_t half) {
  OwnedBaskets made;
  Random random(11, 1);
  for (std::size_t basket = 0; basket < baskets; ++basket) {
    const auto first = static_cast<std::uint32_t>(random.below(2)) * half;
    const auto one = [&] { return first + static_cast<std::uint32_t>(random.below(half)); };
    made.add({one(), one(), one(), one()});
  }
  return made;
}

TrainingOptions small() {
  return {.dimensions = 16, .epochs = 15, .batch_baskets = 32, .rate = 0.01F};
}

std::vector<float> scores_of(const Autoencoder& model, std::vector<std::uint32_t> basket) {
  std::vector<float> scores(model.products());
  model.score(basket, scores);
  return scores;
}

/// For each product alone: the share of pairs of one product of its cluster and one of the other that are in order.
double separation(const Autoencoder& model, std::uint32_t half) {
  std::size_t right = 0, pairs = 0;
  for (std::uint32_t product = 0; product < 2 * half; ++product) {
    const auto scores = scores_of(model, {product});
    for (std::uint32_t mine = 0; mine < 2 * half; ++mine) {
      for (std::uint32_t other = 0; other < 2 * half; ++other) {
        if (mine == product || mine / half != product / half || other / half == product / half) continue;
        ++pairs;
        if (scores[mine] > scores[other]) ++right;
      }
    }
  }
  return static_cast<double>(right) / static_cast<double>(pairs);
}

TEST(TrainingTest, FindsWhichProductsGoTogether) {
  const OwnedBaskets baskets = two_clusters(1000, 15);
  const auto untrained = train(baskets.view(), 30, small(), [] { return true; });
  ASSERT_TRUE(untrained);
  EXPECT_LT(separation(untrained->autoencoder, 15), 0.8);

  const auto trained = train(baskets.view(), 30, small(), never);
  ASSERT_TRUE(trained);
  EXPECT_GT(separation(trained->autoencoder, 15), 0.99);
  EXPECT_EQ(trained->report.held_out, trained->report.baskets / 20);
  EXPECT_LT(trained->report.loss, trained->report.untrained_loss - 0.3);
  EXPECT_FALSE(trained->report.stopped);
}

TEST(TrainingTest, FindsItAmongSampledProductsToo) {
  const OwnedBaskets baskets = two_clusters(4000, 100);
  TrainingOptions options = small();
  options.batches = {.sampled_products = 32, .all_products = 0};
  const auto trained = train(baskets.view(), 200, options, never);
  ASSERT_TRUE(trained);
  EXPECT_GT(separation(trained->autoencoder, 100), 0.99);
}

TEST(TrainingTest, ABasketOfNoWeightTeachesNothing) {
  OwnedBaskets baskets = two_clusters(1000, 15);
  baskets.weights.assign(1000, 1);
  // As many baskets that say the opposite.
  for (std::uint32_t basket = 0; basket < 1000; ++basket) {
    baskets.add({basket % 15, 15 + basket % 15, (basket + 3) % 15, 15 + (basket + 7) % 15});
    baskets.weights.push_back(0);
  }
  const auto trained = train(baskets.view(), 30, small(), never);
  ASSERT_TRUE(trained);
  EXPECT_LE(trained->report.baskets, 1000U);
  EXPECT_GT(separation(trained->autoencoder, 15), 0.99);
}

TEST(TrainingTest, TheSameSeedGivesTheSameModelAndAnotherOneAnother) {
  const OwnedBaskets baskets = two_clusters(300, 15);
  TrainingOptions options = small();
  const auto first = train(baskets.view(), 30, options, never);
  const auto second = train(baskets.view(), 30, options, never);
  options.seed = 2;
  const auto other = train(baskets.view(), 30, options, never);
  ASSERT_TRUE(first && second && other);
  EXPECT_EQ(scores_of(first->autoencoder, {3, 4}), scores_of(second->autoencoder, {3, 4}));
  EXPECT_NE(scores_of(first->autoencoder, {3, 4}), scores_of(other->autoencoder, {3, 4}));
}

TEST(TrainingTest, EndsAtItsBounds) {
  const OwnedBaskets baskets = two_clusters(1000, 15);
  TrainingOptions options = small();
  options.patience = 0;
  options.epochs = 3;
  const auto epochs = train(baskets.view(), 30, options, never);
  ASSERT_TRUE(epochs);
  EXPECT_EQ(epochs->report.epochs, 3U);
  EXPECT_EQ(epochs->report.visits, 3 * (epochs->report.baskets - epochs->report.held_out));

  options.visits = 100;
  const auto visits = train(baskets.view(), 30, options, never);
  ASSERT_TRUE(visits);
  EXPECT_GE(visits->report.visits, 100U);
  EXPECT_LT(visits->report.visits, 100 + options.batch_baskets);
}

TEST(TrainingTest, KeepsWhatItLearntWhenItIsStopped) {
  const OwnedBaskets baskets = two_clusters(1000, 15);
  int asked = 0;
  const auto stopped = train(baskets.view(), 30, small(), [&] { return ++asked > 20; });
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->report.stopped);
  EXPECT_EQ(asked, 21);
  EXPECT_EQ(stopped->report.visits, 20 * 32U);
  EXPECT_LT(stopped->report.loss, stopped->report.untrained_loss);
}

TEST(TrainingTest, EndsWhenThereIsNothingToLearn) {
  // Every product goes with every other.
  OwnedBaskets baskets;
  Random random(5, 1);
  const auto any = [&] { return static_cast<std::uint32_t>(random.below(50)); };
  for (int basket = 0; basket < 1000; ++basket) baskets.add({any(), any(), any()});
  TrainingOptions options = small();
  options.epochs = 1000;
  const auto trained = train(baskets.view(), 50, options, never);
  ASSERT_TRUE(trained);
  EXPECT_LT(trained->report.epochs, 50U);
  EXPECT_LE(trained->report.loss, trained->report.untrained_loss);
}

TEST(TrainingTest, WithoutBasketsItKnowsPopularityOnly) {
  const auto nothing = train({}, 0, small(), never);
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->autoencoder.products(), 0U);
  EXPECT_EQ(scores_of(nothing->autoencoder, {5}), std::vector<float>());

  OwnedBaskets singles;
  for (int i = 0; i < 3; ++i) singles.add({2});
  singles.add({1});
  singles.add({});
  const auto popular = train(singles.view(), 3, small(), never);
  ASSERT_TRUE(popular);
  EXPECT_EQ(popular->report.baskets, 0U);
  EXPECT_EQ(popular->report.visits, 0U);
  const auto scores = scores_of(popular->autoencoder, {});
  EXPECT_EQ(scores, scores_of(popular->autoencoder, {1, 2}));
  EXPECT_NEAR(scores[2] - scores[1], std::log(4.0 / 2.0), 1e-5);
  EXPECT_NEAR(scores[1] - scores[0], std::log(2.0), 1e-5);
}

TEST(TrainingTest, RefusesWhatIsOutOfBounds) {
  const OwnedBaskets baskets = two_clusters(50, 15);
  const auto field = [&](TrainingOptions options, std::size_t products = 30) {
    const auto refused = train(baskets.view(), products, options, never);
    return refused || refused.error().fields.empty() ? "accepted" : refused.error().fields.front().field;
  };
  EXPECT_EQ(field({.dimensions = 0}), "dimensions");
  EXPECT_EQ(field({.dimensions = 257}), "dimensions");
  EXPECT_EQ(field({.batch_baskets = 0}), "batch_baskets");
  EXPECT_EQ(field({.rate = 0}), "rate");
  EXPECT_EQ(field({.batches = {.dropout = 1}}), "batches.dropout");
  EXPECT_EQ(field({.max_products = 29}), "max_products");
  EXPECT_EQ(field(small(), 10), "items");
}

TEST(AutoencoderTest, AnswersByTheSumOfWhatIsInTheBasket) {
  // One hidden unit, three products.
  const Autoencoder model({1, -1, 0.5F}, {0.1F}, {2, 3, -1}, {0, 0.5F, 1});
  const auto logit = [](double hidden, double out, double bias) { return std::tanh(hidden) * out + bias; };
  Autoencoder::Hidden hidden;
  model.encode(std::vector<std::uint32_t>{0, 2}, hidden);
  EXPECT_NEAR(model.score(hidden, 1), logit(1.5 / std::sqrt(2) + 0.1, 3, 0.5), 1e-6);
  model.encode(std::vector<std::uint32_t>{0, 7, 2}, hidden);
  EXPECT_NEAR(model.score(hidden, 1), logit(1.5 / std::sqrt(2) + 0.1, 3, 0.5), 1e-6) << "7 is not known";
  model.encode(std::vector<std::uint32_t>{0, 2}, std::vector<float>{1, 3}, hidden);
  EXPECT_NEAR(model.score(hidden, 2), logit(2.5 / 2 + 0.1, -1, 1), 1e-6);
  model.encode({}, hidden);
  EXPECT_NEAR(model.score(hidden, 0), logit(0.1, 2, 0), 1e-6);
  EXPECT_THROW(Autoencoder({1}, {1, 2}, {1}, {1}), std::invalid_argument);
  EXPECT_GE(model.bytes(), 10 * sizeof(float));
}

}  // namespace
}  // namespace cloudcart::recommendation::neural
