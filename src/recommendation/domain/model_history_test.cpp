#include <algorithm>
#include <random>

#include <gmock/gmock.h>

#include "recommendation/domain/model.h"
#include "support/order_history.h"

// Random shop histories with cancellations and credit notes. Whatever way a model came by the events, its
// answers are the same to the last bit.

namespace cloudcart::recommendation {
namespace {

constexpr std::uint32_t products = 40;
constexpr std::uint32_t users = 15;

using History = std::vector<events::OrderEvent>;

std::vector<test::Bought> random_lines(std::mt19937& random) {
  std::vector<test::Bought> lines(1 + random() % 8);
  // The smaller of two draws: some products sell more than others, so that scores are seldom equal.
  for (auto& line : lines)
    line = {static_cast<std::uint32_t>(std::min(random() % products, random() % products)),
            static_cast<std::int64_t>(1 + random() % 5)};
  return lines;
}

History random_history(std::mt19937& random, std::uint32_t orders) {
  History history;
  for (std::uint32_t number = 1; number <= orders; ++number) {
    const auto day = static_cast<int>(number / 4 + random() % 3);
    const std::uint32_t user = random() % users;
    if (random() % 12 == 0) {
      history.push_back(test::credit_note(number, user, random_lines(random), day));
      continue;
    }
    history.push_back(test::bought(number, user, random_lines(random), day));
    if (random() % 4 == 0) history.push_back(test::cancellation_of(history.back()));
  }
  return history;
}

History shuffled_with_repeats(History history, std::mt19937& random) {
  const auto once = history.size();
  for (std::size_t i = 0; i < once; ++i)
    if (random() % 3 == 0) history.push_back(history[i]);
  std::ranges::shuffle(history, random);
  return history;
}

std::unique_ptr<Model> learnt_live(const History& history) {
  auto model = std::make_unique<Model>(ModelOptions{.neighbours = 10});
  for (const auto& event : history) model->apply(event);
  return model;
}

OrderBook book_of(const History& history) {
  OrderBook book;
  for (const auto& event : history) book.record(event);
  return book;
}

void expect_same_answers(const Model& model, const Model& expected) {
  for (std::uint32_t p = 0; p < products; ++p)
    ASSERT_EQ(model.similar(test::product(p), 100), expected.similar(test::product(p), 100))
        << "product " << p;
  for (std::uint32_t u = 0; u < users; ++u)
    ASSERT_EQ(model.for_user(test::user(u), 100), expected.for_user(test::user(u), 100)) << "user " << u;
  ASSERT_EQ(model.popular(100), expected.popular(100));
  ASSERT_EQ(model.trending(100), expected.trending(100));
  ASSERT_EQ(model.size().orders, expected.size().orders);
  ASSERT_EQ(model.size().order_lines, expected.size().order_lines);
  ASSERT_EQ(model.size().users, expected.size().users);
  ASSERT_EQ(model.size().products, expected.size().products);
}

class ModelHistoryTest : public testing::TestWithParam<unsigned> {
 protected:
  std::mt19937 random{GetParam()};
  const History history = random_history(random, 300);
  const Model trained{book_of(history), {.neighbours = 10}};
};

TEST_P(ModelHistoryTest, LearningLiveEqualsTraining) {
  expect_same_answers(*learnt_live(history), trained);
}

TEST_P(ModelHistoryTest, AnyOrderOfArrivalAndRepeatsAreHarmless) {
  const auto disordered = shuffled_with_repeats(history, random);
  expect_same_answers(*learnt_live(disordered), trained);
  expect_same_answers(Model(book_of(disordered), {.neighbours = 10}), trained);
}

TEST_P(ModelHistoryTest, ATrainedModelGoesOnLearning) {
  const auto disordered = shuffled_with_repeats(history, random);
  const auto half = disordered.begin() + static_cast<std::ptrdiff_t>(disordered.size() / 2);
  Model model(book_of({disordered.begin(), half}), {.neighbours = 10});
  std::for_each(half, disordered.end(), [&](const auto& event) { model.apply(event); });
  expect_same_answers(model, trained);
}

TEST_P(ModelHistoryTest, CancellingEverythingLeavesNothing) {
  const auto model = learnt_live(history);
  for (const auto& event : history)
    if (event.is_created()) model->apply(test::cancellation_of(event));
  EXPECT_THAT(model->popular(100), testing::IsEmpty());
  EXPECT_THAT(model->trending(100), testing::IsEmpty());
  for (std::uint32_t p = 0; p < products; ++p)
    EXPECT_THAT(model->similar(test::product(p), 100), testing::IsEmpty());
  EXPECT_EQ(model->size().orders, 0);
  EXPECT_EQ(model->size().users, 0);
}

TEST_P(ModelHistoryTest, SimilaritiesAreSymmetricAndAtMostOne) {
  for (std::uint32_t p = 0; p < products; ++p) {
    for (const auto& [other, score] : trained.similar(test::product(p), 100)) {
      ASSERT_GT(score, 0);
      ASSERT_LE(score, 1 + 1e-12);
      const auto back = trained.similar(other, 100);
      ASSERT_THAT(back, testing::Contains(ScoredProduct{test::product(p), score}));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelHistoryTest, testing::Range(1U, 21U));

}  // namespace
}  // namespace cloudcart::recommendation
