#include <cmath>
#include <memory>

#include <gmock/gmock.h>

#include "recommendation/domain/model.h"
#include "support/random_history.h"

// Random shop histories with cancellations and credit notes. Whatever way a model came by the events, its answers are
// the same, but for what the order of additions does to the last digits of a sum.

namespace cloudcart::recommendation {
namespace {

constexpr std::uint32_t products = 40;
constexpr std::uint32_t users = 15;
constexpr double rounding = 1e-4;

OrderBook book_of(const test::History& history) {
  OrderBook book;
  for (const auto& event : history) book.record(event);
  return book;
}

void apply_all(Model& model, const test::History& history) {
  for (const auto& event : history) model.apply(event);
}

/// So few questions teach little, but the same to all.
const ModelOptions options{.learning = {.fewest_questions = 10}};

std::unique_ptr<Model> learnt_live(const test::History& history) {
  auto model = std::make_unique<Model>(options);
  apply_all(*model, history);
  return model;
}

/// What is left of an answer without those that are nothing but rounding beside the best: a regression's sums have
/// terms of both signs.
std::span<const Recommendation> meant(const Recommendations& answer) {
  const std::span all = answer.products;
  const auto least = all.empty() ? 0 : all.front().score * 1e-5;
  return {all.begin(), std::ranges::find_if(all, [&](const auto& one) { return one.score < least; })};
}

/// The same products with the same scores; those whose scores differ by rounding only may change places. One of
/// those that are as good as the last may have fallen off the end.
void expect_same(const Recommendations& answer, const Recommendations& expected) {
  ASSERT_EQ(answer.algorithm, expected.algorithm);
  const auto got = meant(answer), wanted = meant(expected);
  ASSERT_EQ(got.size(), wanted.size());
  if (got.empty()) return;
  const auto nearly_equal = [best = got.front().score](double a, double b) {
    return std::abs(a - b) <= rounding * std::max(std::abs(a), std::abs(b)) + 1e-6 * best;
  };
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_TRUE(nearly_equal(got[i].score, wanted[i].score))
        << "place " << i << ": " << got[i].score << " for " << wanted[i].score;
    const auto there = std::ranges::find(wanted, got[i].product, &Recommendation::product);
    const auto score = there == wanted.end() ? wanted.back().score : there->score;
    ASSERT_TRUE(nearly_equal(got[i].score, score)) << "place " << i;
  }
}

/// One of each task, about whoever and whatever `random` draws.
std::vector<Question> questions(std::mt19937& random) {
  std::vector<Question> answer;
  for (std::uint32_t round = 0; round < 8; ++round)
    for (const auto task : all_tasks) {
      Question question{.task = task, .limit = round % 2 == 0 ? 100U : 10U};
      if (task == TaskKind::next_order || task == TaskKind::new_to_customer)
        question.user = test::user(random() % users);
      if (task == TaskKind::basket)
        for (auto count = 1 + random() % 4; count > 0; --count)
          question.products.push_back(test::product(random() % products));
      if (task == TaskKind::product_page) question.products = {test::product(random() % products)};
      if (round % 3 == 0) question.exclude = {test::product(random() % products), test::product(4321)};
      answer.push_back(question);
    }
  return answer;
}

void expect_same_answers(const Model& model, const Model& expected, unsigned seed) {
  std::mt19937 random(seed);
  for (auto question : questions(random))
    for (const auto algorithm : all_algorithms) {
      question.algorithm = algorithm;
      SCOPED_TRACE(std::string(to_string(question.task)) + " by " + std::string(to_string(algorithm)));
      expect_same(model.recommend(question), expected.recommend(question));
      if (testing::Test::HasFatalFailure()) return;
    }
  EXPECT_EQ(model.popular(100), expected.popular(100));
  EXPECT_EQ(model.popular(7), expected.popular(7));
  EXPECT_EQ(model.size().orders, expected.size().orders);
  EXPECT_EQ(model.size().order_lines, expected.size().order_lines);
  EXPECT_EQ(model.size().users, expected.size().users);
  EXPECT_EQ(model.size().products, expected.size().products);
}

class ModelHistoryTest : public testing::TestWithParam<unsigned> {
 protected:
  std::mt19937 random{GetParam()};
  const test::History history = test::random_history(random, {.products = products, .users = users});
  Model trained{book_of(history), options};
};

TEST_P(ModelHistoryTest, LearningLiveEqualsTraining) {
  const auto live = learnt_live(history);
  expect_same_answers(*live, trained, GetParam());
  live->refresh(Model::Refresh::regressions);
  trained.refresh(Model::Refresh::regressions);
  expect_same_answers(*live, trained, GetParam() + 1000);
}

TEST_P(ModelHistoryTest, AnyOrderOfArrivalAndRepeatsAreHarmless) {
  const auto disordered = test::shuffled_with_repeats(history, random);
  const auto live = learnt_live(disordered);
  Model counted(book_of(disordered), options);
  expect_same_answers(*live, trained, GetParam());
  expect_same_answers(counted, trained, GetParam());
  for (auto* model : {live.get(), &counted, &trained})
    model->refresh(Model::Refresh::regressions_and_weights);
  for (const auto* model : {live.get(), &counted, &trained}) {
    EXPECT_GT(model->lessons().basket_questions, 0);
    EXPECT_EQ(model->lessons().basket_questions, trained.lessons().basket_questions);
    EXPECT_EQ(model->lessons().basket, trained.lessons().basket);
    EXPECT_EQ(model->lessons().page, trained.lessons().page);
    EXPECT_EQ(model->lessons().next_questions, trained.lessons().next_questions);
  }
  expect_same_answers(*live, trained, GetParam() + 1000);
  expect_same_answers(counted, trained, GetParam() + 1000);
}

TEST_P(ModelHistoryTest, ATrainedModelGoesOnLearning) {
  const auto disordered = test::shuffled_with_repeats(history, random);
  const auto half = disordered.begin() + static_cast<std::ptrdiff_t>(disordered.size() / 2);
  Model model(book_of({disordered.begin(), half}), options);
  model.refresh(Model::Refresh::regressions);
  std::for_each(half, disordered.end(), [&](const auto& event) { model.apply(event); });
  model.refresh(Model::Refresh::regressions);
  trained.refresh(Model::Refresh::regressions);
  expect_same_answers(model, trained, GetParam());
}

TEST_P(ModelHistoryTest, CancellingEverythingLeavesNothing) {
  trained.refresh(Model::Refresh::regressions);
  apply_all(trained, test::cancellations_of(history));
  const auto expect_nothing = [&] {
    std::mt19937 same(GetParam());
    for (auto question : questions(same))
      for (const auto algorithm : all_algorithms) {
        question.algorithm = algorithm;
        ASSERT_THAT(trained.recommend(question).products, testing::IsEmpty())
            << to_string(question.task) << " by " << to_string(algorithm);
      }
    EXPECT_THAT(trained.popular(100), testing::IsEmpty());
    EXPECT_EQ(trained.size().orders, 0);
    EXPECT_EQ(trained.size().order_lines, 0);
    EXPECT_EQ(trained.size().users, 0);
    EXPECT_EQ(trained.size().products, 0);
  };
  expect_nothing();
  trained.refresh(Model::Refresh::regressions_and_weights);
  expect_nothing();
}

TEST_P(ModelHistoryTest, AnswersKeepTheRules) {
  for (const bool refreshed : {false, true}) {
    if (refreshed) trained.refresh(Model::Refresh::regressions);
    for (auto question : questions(random))
      for (const auto algorithm : all_algorithms) {
        question.algorithm = algorithm;
        SCOPED_TRACE(std::string(to_string(question.task)) + " by " + std::string(to_string(algorithm)));
        const auto answer = trained.recommend(question);
        ASSERT_LE(answer.products.size(), question.limit);
        ASSERT_FALSE(answer.products.empty());
        for (std::size_t i = 0; i < answer.products.size(); ++i) {
          const auto& [product, score, reason] = answer.products[i];
          ASSERT_TRUE(std::isfinite(score));
          ASSERT_GT(score, 0);
          ASSERT_THAT(question.products, testing::Not(testing::Contains(product)));
          ASSERT_THAT(question.exclude, testing::Not(testing::Contains(product)));
          if (i > 0) {
            const auto& better = answer.products[i - 1];
            ASSERT_TRUE(better.score > score || (better.score == score && better.product < product));
          }
          if (reason.kind == ReasonKind::bought_together)
            ASSERT_THAT(question.products, testing::Contains(reason.because.value()));
          if (question.task == TaskKind::new_to_customer) ASSERT_NE(reason.kind, ReasonKind::bought_before);
        }
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelHistoryTest, testing::Range(1U, 9U));

/// Large enough that candidates, neighbours and similar orders are chosen among many.
TEST(LargerModelHistoryTest, LearningLiveEqualsTraining) {
  std::mt19937 random(77);
  const auto history =
      test::random_history(random, {.orders = 6'000, .products = 600, .users = 300, .orders_per_day = 40});
  Model trained(book_of(history), options);
  const auto live = learnt_live(history);
  expect_same_answers(*live, trained, 1);
  live->adopt({.basket = {.member = {1, 0.5F, 0.5F, 0.5F}, .availability = 0.1F}});
  trained.adopt(live->lessons());
  expect_same_answers(*live, trained, 2);
}

}  // namespace
}  // namespace cloudcart::recommendation
