#include "recommendation/domain/learning.h"

#include <random>

#include <gmock/gmock.h>

#include "recommendation/domain/model.h"
#include "support/random_history.h"

// What generated shops teach whose customers' ways are known.

namespace cloudcart::recommendation {
namespace {

using test::product;

OrderBook book_of(const test::History& history) {
  OrderBook book;
  for (const auto& event : history) book.record(event);
  return book;
}

/// Each customer buys a few products of their own, again and again.
test::History shop_of_habits(std::uint32_t users, std::uint32_t orders_each) {
  std::mt19937 random(1);
  test::History history;
  for (std::uint32_t round = 0; round < orders_each; ++round)
    for (std::uint32_t user = 0; user < users; ++user) {
      // Ten products that many others have too, of which each order holds some.
      const auto own = [&] {
        return test::Bought{static_cast<std::uint32_t>((user * 7 + random() % 10) % 200)};
      };
      history.push_back(test::bought(static_cast<std::uint32_t>(history.size() + 1), user,
                                     {own(), own(), own()}, static_cast<int>(round * 10)));
    }
  return history;
}

/// Baskets hold pairs 2p and 2p + 1, and a product at random. Nobody comes twice.
test::History shop_of_pairs(std::uint32_t orders, std::uint32_t pairs) {
  std::mt19937 random(2);
  test::History history;
  for (std::uint32_t number = 1; number <= orders; ++number) {
    const auto pair = static_cast<std::uint32_t>(random() % pairs);
    const auto any = static_cast<std::uint32_t>(random() % (2 * pairs));
    history.push_back(
        test::bought(number, number, {{2 * pair}, {any}, {2 * pair + 1}}, static_cast<int>(number / 20)));
  }
  return history;
}

TEST(LearningTest, TooShortAHistoryLeavesTheDefaults) {
  const Lessons defaults;
  for (const auto& history : {test::History{}, shop_of_pairs(99, 10), shop_of_habits(10, 3)}) {
    const auto lessons = learn_lessons(book_of(history), {}, run_alone);
    EXPECT_EQ(lessons.basket, defaults.basket);
    EXPECT_EQ(lessons.page, defaults.page);
    EXPECT_EQ(lessons.next, defaults.next);
    EXPECT_EQ(lessons.cold, defaults.cold);
    EXPECT_EQ(lessons.new_availability, defaults.new_availability);
    EXPECT_EQ(lessons.basket_questions + lessons.page_questions + lessons.next_questions +
                  lessons.cold_questions + lessons.new_questions,
              0);
  }
}

TEST(LearningTest, OrdersOfOneMomentTeachNothing) {
  auto history = shop_of_pairs(500, 10);
  for (auto& event : history) event.timestamp = test::first_day;
  const auto lessons = learn_lessons(book_of(history), {.fewest_questions = 1}, run_alone);
  EXPECT_EQ(lessons.basket_questions, 0);
  EXPECT_EQ(lessons.next_questions, 0);
}

TEST(LearningTest, TheSameHistoryTeachesTheSameHoweverItCame) {
  std::mt19937 random(3);
  const auto history = test::random_history(random, {.orders = 2000, .products = 60, .users = 200});
  const LearningOptions options{.most_questions = 500, .fewest_questions = 20};
  const auto lessons = learn_lessons(book_of(history), options, run_alone);
  EXPECT_GT(lessons.basket_questions, 20);
  EXPECT_GT(lessons.next_questions, 20);
  EXPECT_GT(lessons.new_questions, 20);
  for (const auto& again : {history, test::shuffled_with_repeats(history, random)}) {
    const auto same = learn_lessons(book_of(again), options, run_alone);
    EXPECT_EQ(same.basket, lessons.basket);
    EXPECT_EQ(same.page, lessons.page);
    EXPECT_EQ(same.next, lessons.next);
    EXPECT_EQ(same.cold, lessons.cold);
    EXPECT_EQ(same.new_availability, lessons.new_availability);
    EXPECT_EQ(same.basket_questions, lessons.basket_questions);
    EXPECT_EQ(same.next_questions, lessons.next_questions);
  }
}

TEST(LearningTest, AsksNoMoreThanItMay) {
  const auto lessons = learn_lessons(book_of(shop_of_pairs(6000, 40)),
                                     {.most_questions = 200, .fewest_questions = 50}, run_alone);
  EXPECT_GE(lessons.basket_questions, 100);
  EXPECT_LE(lessons.basket_questions, 410) << "the stride is rounded down";
}

TEST(LearningTest, WhereCustomersRepeatTheirOwnProductsComeFirst) {
  const auto history = shop_of_habits(100, 20);
  Model model(book_of(history), {});
  model.refresh(Model::Refresh::regressions_and_weights);
  EXPECT_GE(model.lessons().next_questions, 100);
  std::size_t own = 0, all = 0;
  for (std::uint32_t user = 0; user < 100; ++user) {
    const auto answer = model.recommend({.task = TaskKind::next_order, .user = test::user(user), .limit = 9});
    EXPECT_EQ(answer.algorithm, Algorithm::blend);
    for (const auto& one : answer.products) own += one.reason.kind == ReasonKind::bought_before;
    all += answer.products.size();
  }
  EXPECT_GT(static_cast<double>(own), 0.97 * static_cast<double>(all));
}

TEST(LearningTest, WhereBasketsFollowPairsTheOtherHalfIsFound) {
  constexpr std::uint32_t pairs = 60;
  Model model(book_of(shop_of_pairs(3000, pairs)), {});
  model.refresh(Model::Refresh::regressions_and_weights);
  EXPECT_GE(model.lessons().basket_questions, 100);
  EXPECT_GE(model.lessons().page_questions, 100);
  for (std::uint32_t p = 0; p < 2 * pairs; ++p) {
    const auto other = product(p ^ 1);
    const auto completed = model.recommend(
        {.task = TaskKind::basket, .products = {product(p), product((p + 10) % (2 * pairs))}, .limit = 2});
    EXPECT_THAT(completed.products, testing::Contains(testing::Field(&Recommendation::product, other)));
    const auto page = model.recommend({.task = TaskKind::product_page, .products = {product(p)}, .limit = 1});
    EXPECT_EQ(page.products.front().product, other);
  }
}

}  // namespace
}  // namespace cloudcart::recommendation
