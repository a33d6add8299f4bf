#include <cmath>
#include <random>

#include <gmock/gmock.h>

#include "recommendation/domain/coordinate_ascent.h"
#include "recommendation/domain/softmax_fit.h"

namespace cloudcart::recommendation {
namespace {

/// Questions whose right candidate is drawn by softmax of planted weights; a fifth has two.
template <std::size_t n>
RankingSamples<n> planted(const std::array<float, n>& weights, std::size_t questions, std::mt19937& random) {
  std::normal_distribution<float> normal;
  RankingSamples<n> samples;
  for (std::size_t q = 0; q < questions; ++q) {
    std::vector<std::array<float, n>> candidates(2 + random() % 20);
    std::vector<double> chances;
    for (auto& candidate : candidates) {
      double score = 0;
      for (std::size_t f = 0; f < n; ++f) {
        // Of very different scales and means.
        candidate[f] = (normal(random) + static_cast<float>(f)) * std::pow(10.0F, static_cast<float>(f) - 1);
        score += weights[f] * candidate[f];
      }
      chances.push_back(std::exp(score));
    }
    std::discrete_distribution<std::size_t> draw(chances.begin(), chances.end());
    const auto right = draw(random), second = random() % 5 == 0 ? draw(random) : right;
    for (std::size_t c = 0; c < candidates.size(); ++c) samples.add(candidates[c], c == right || c == second);
    samples.close();
  }
  return samples;
}

TEST(SoftmaxFitTest, FindsPlantedWeights) {
  std::mt19937 random(1);
  constexpr std::array weights{10.0F, -0.5F, 0.0F};
  const auto found = fit_softmax(planted(weights, 5000, random));
  EXPECT_NEAR(found[0], 10, 0.7);
  EXPECT_NEAR(found[1], -0.5, 0.05);
  EXPECT_NEAR(found[2], 0, 0.005);
}

TEST(SoftmaxFitTest, GradientAndCurvatureAreThoseOfTheLoss) {
  std::mt19937 random(2);
  const auto samples = planted<3>({1, 0.5F, -0.1F}, 50, random);
  constexpr softmax::Vector<3> mean{0.1, 1, 20}, deviation{0.2, 2, 7}, at{0.3, -0.7, 1.1};
  constexpr double l2 = 0.05, step = 1e-5;
  const auto here = softmax::loss_at(samples, mean, deviation, at, l2);
  for (std::size_t f = 0; f < 3; ++f) {
    auto above = at, below = at;
    above[f] += step;
    below[f] -= step;
    const auto high = softmax::loss_at(samples, mean, deviation, above, l2);
    const auto low = softmax::loss_at(samples, mean, deviation, below, l2);
    EXPECT_NEAR(here.gradient[f], (high.value - low.value) / (2 * step), 1e-6);
    for (std::size_t g = 0; g < 3; ++g)
      EXPECT_NEAR(here.curvature[f][g], (high.gradient[g] - low.gradient[g]) / (2 * step), 1e-5);
  }
}

TEST(SoftmaxFitTest, TheFitIsWhereTheLossIsLeast) {
  std::mt19937 random(3);
  const auto samples = planted<2>({1, -1}, 300, random);
  const auto found = fit_softmax(samples);
  // Unscaled, and nearly without a penalty, for which there is none in fit_softmax worth the name.
  const auto loss = [&](double a, double b) {
    return softmax::loss_at<2>(samples, {0, 0}, {1, 1}, {a, b}, 0).value;
  };
  const auto least = loss(found[0], found[1]);
  for (const auto& [a, b] : {std::pair{0.1, 0.0}, {-0.1, 0.0}, {0.0, 0.1}, {0.0, -0.1}})
    EXPECT_LT(least, loss(found[0] + a, found[1] + b));
}

TEST(SoftmaxFitTest, AFeatureThatNeverVariesAndOneThatAlwaysTellsAreHarmless) {
  RankingSamples<2> samples;
  for (int q = 0; q < 50; ++q) {
    samples.add({1, 5}, true);
    samples.add({0, 5}, false);
    samples.close();
  }
  const auto found = fit_softmax(samples);
  EXPECT_TRUE(std::isfinite(found[0]) && std::isfinite(found[1]));
  EXPECT_GT(found[0], 1);
}

TEST(RankingSamplesTest, AQuestionWithoutARightAnswerIsDropped) {
  RankingSamples<1> samples;
  samples.add({1}, false);
  samples.close();
  samples.add({2}, false);
  samples.add({3}, true);
  samples.close();
  samples.add({4}, false);
  samples.close();
  ASSERT_EQ(samples.questions(), 1);
  EXPECT_EQ(samples.begin_of(0), 0);
  EXPECT_EQ(samples.end_of(0), 2);
  EXPECT_EQ(samples.features().size(), 2);
  EXPECT_TRUE(samples.is_right(1));
}

/// Candidates with members' votes, in a row; availability and popularity say nothing.
BlendQuestion<2> question(const std::vector<std::array<float, 2>>& votes, std::vector<std::uint32_t> right,
                          std::size_t rights) {
  BlendQuestion<2> answer{.candidates = {}, .right = std::move(right), .rights = rights};
  for (std::uint32_t i = 0; i < votes.size(); ++i) answer.candidates.push_back({i, votes[i], 0, 0});
  return answer;
}

TEST(CoordinateAscentTest, GainIsTheDiscountedOne) {
  std::vector<float> scratch;
  // By the first member the order is 1, 2, 0; the right ones, 1 and 0, stand first and third, and one is missing.
  const auto asked = question({{0.1F, 0}, {0.9F, 0}, {0.5F, 0}}, {1, 0}, 3);
  const double third = 1 / std::log2(4.0), second = 1 / std::log2(3.0);
  EXPECT_NEAR(ndcg(asked, {.member = {1, 0}}, 20, scratch), (1 + third) / (1 + second + third), 1e-12);
  EXPECT_NEAR(ndcg(asked, {.member = {1, 0}}, 2, scratch), 1 / (1 + second), 1e-12);
  // Of equal scores the first stands first.
  EXPECT_NEAR(ndcg(asked, {.member = {0, 1}}, 1, scratch), 0 + 1, 1e-12);
  EXPECT_EQ(ndcg(question({{1, 0}}, {}, 0), {.member = {1, 0}}, 20, scratch), 0);
}

TEST(CoordinateAscentTest, ScoresAreWeightedAndBentByAvailabilityAndPopularity) {
  const BasketCandidate<2> candidate{0, {0.5F, 1}, -2, 3};
  EXPECT_FLOAT_EQ(candidate.score({.member = {1, 0.25F}}), 0.75F);
  EXPECT_FLOAT_EQ(candidate.score({.member = {1, 0.25F}, .availability = 0.1F, .popularity = 0.2F}),
                  0.75F * std::exp(-0.2F - 0.6F));
  EXPECT_LE(candidate.score({.member = {-2, 0}, .availability = 1}), 0);
}

/// Two members, of which one tells the right candidate in `percent` of the questions and is noise else.
std::vector<BlendQuestion<2>> voted(std::size_t telling, unsigned percent, std::size_t count) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> noise(0, 1);
  std::vector<BlendQuestion<2>> questions;
  for (std::size_t q = 0; q < count; ++q) {
    std::vector<std::array<float, 2>> votes(30);
    for (auto& vote : votes) vote = {noise(random), noise(random)};
    const auto right = static_cast<std::uint32_t>(random() % votes.size());
    if (random() % 100 < percent) votes[right][telling] = 1;
    questions.push_back(question(votes, {right}, 1));
  }
  return questions;
}

TEST(CoordinateAscentTest, FindsTheMemberThatTells) {
  constexpr std::array starts{BlendWeights<2>{.member = {1, 0}}};
  const auto found = ascend<2>(starts, 0, voted(1, 60, 500), {.cut = 20, .certainty = 2});
  EXPECT_EQ(found.member[0], 1) << "it is fixed";
  EXPECT_GE(found.member[1], 1);
}

TEST(CoordinateAscentTest, WhatIsNotClearOfChanceIsLeftOut) {
  constexpr std::array starts{BlendWeights<2>{.member = {1, 0}}};
  const auto noise = voted(1, 12, 100);
  EXPECT_EQ(ascend<2>(starts, 0, noise, {.cut = 20, .certainty = 4}), starts[0]);
  EXPECT_NE(ascend<2>(starts, 0, noise, {.cut = 20, .certainty = 0}), starts[0])
      << "chance alone finds something";
  EXPECT_EQ(ascend<2>(starts, 0, voted(0, 100, 200), {.cut = 20, .certainty = 2}), starts[0]);
}

TEST(CoordinateAscentTest, TheBestOfSeveralStartsWins) {
  constexpr std::array starts{BlendWeights<2>{.member = {1, 0}}, BlendWeights<2>{.member = {1, 1.5F}}};
  const auto questions = voted(1, 100, 200);
  std::vector<float> scratch;
  const auto mean = [&](const BlendWeights<2>& weights) {
    double sum = 0;
    for (const auto& asked : questions) sum += ndcg(asked, weights, 20, scratch);
    return sum / static_cast<double>(questions.size());
  };
  const auto found = mean(ascend<2>(starts, 0, questions, {.cut = 20, .certainty = 2}));
  for (const auto& start : starts)
    EXPECT_GE(found, ascend_from<2>(start, 0, questions, {.cut = 20, .certainty = 2}).mean);
}

}  // namespace
}  // namespace cloudcart::recommendation
