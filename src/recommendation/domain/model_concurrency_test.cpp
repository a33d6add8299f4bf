#include <atomic>
#include <cmath>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "recommendation/domain/model.h"
#include "support/random_history.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::uint32_t users = 30;

/// Asks about whatever there may be by now; each answer keeps the rules.
void ask(const Model& model, std::mt19937& random, std::uint32_t products) {
  Question question{.task = all_tasks[random() % all_tasks.size()],
                    .limit = 1 + random() % 30,
                    .algorithm = all_algorithms[random() % all_algorithms.size()]};
  if (question.task == TaskKind::basket)
    question.products = {test::product(random() % products), test::product(random() % products)};
  if (question.task == TaskKind::product_page) question.products = {test::product(random() % products)};
  if (question.task == TaskKind::next_order || question.task == TaskKind::new_to_customer)
    question.user = test::user(random() % users);
  const auto answer = model.recommend(question);
  EXPECT_LE(answer.products.size(), question.limit);
  for (const auto& [product, score, reason] : answer.products) {
    EXPECT_TRUE(std::isfinite(score));
    EXPECT_NE(product, ProductId{}) << "an id that is not there yet";
    EXPECT_EQ(std::ranges::count(question.products, product), 0);
    EXPECT_EQ(std::ranges::count(answer.products, product, &Recommendation::product), 1);
  }
}

TEST(ModelConcurrencyTest, QuestionsAreAnsweredWhileOrdersComeAndTheInsightIsMade) {
  // Products come by and by, so that everything has to grow under the readers' eyes.
  constexpr std::uint32_t orders = 3000, last_product = 600;
  std::mt19937 random(7);
  test::History history;
  for (std::uint32_t number = 1; number <= orders; ++number) {
    const auto newest = 5 + number * (last_product - 10) / orders;
    const auto line = [&] {
      return test::Bought{static_cast<std::uint32_t>(1 + std::max(random() % newest, random() % newest))};
    };
    history.push_back(test::bought(number, random() % users, {{1 + number % 5}, line(), line(), line()},
                                   static_cast<int>(number / 20)));
    if (number % 3 == 0) history.push_back(test::cancellation_of(history.back()));
  }

  Model model({.learning = {.most_questions = 50, .fewest_questions = 5}});
  std::atomic<bool> done{false};
  std::atomic<int> answers{0}, refreshes{0};
  const auto read = [&](unsigned seed) {
    std::mt19937 own(seed);
    while (!done) {
      ask(model, own, last_product);
      if (own() % 16 == 0) {
        for (const auto& popular : model.popular(10)) EXPECT_NE(popular.product, ProductId{});
        const auto size = model.size();
        EXPECT_LE(size.products, last_product);
        EXPECT_TRUE(size.orders == 0 || size.bytes > 0);
        EXPECT_GE(model.lessons().basket.member[0], 0);
      }
      ++answers;
    }
  };
  std::thread first(read, 1), second(read, 2);
  std::thread refresher([&] {
    while (!done) {
      model.refresh(refreshes % 2 == 0 ? Model::Refresh::regressions
                                       : Model::Refresh::regressions_and_weights);
      ++refreshes;
    }
  });
  for (std::size_t i = 0; i < history.size(); ++i) {
    model.apply(history[i]);
    // Answers and refreshes keep step, or on one core there would be none in between.
    while (i % 100 == 0 && answers < static_cast<int>(i / 10)) std::this_thread::yield();
    while (i % 1000 == 0 && refreshes < static_cast<int>(i / 1000)) std::this_thread::yield();
  }
  done = true;
  for (auto* thread : {&first, &second, &refresher}) thread->join();
  EXPECT_EQ(model.size().orders, orders - orders / 3);
  EXPECT_GE(refreshes, 3);

  OrderBook book;
  for (const auto& event : history) book.record(event);
  const Model counted(std::move(book), {});
  EXPECT_EQ(model.popular(1000), counted.popular(1000));
}

TEST(ModelConcurrencyTest, WritersMayBeSeveral) {
  Model model;
  const auto write = [&](std::uint32_t start) {
    for (std::uint32_t number = start; number < start + 500; ++number)
      model.apply(test::bought(number, 1, {{number % 10}, {10}}));
  };
  // Both write the orders from 251 to 500.
  std::thread first(write, 1), second(write, 251);
  first.join();
  second.join();
  EXPECT_EQ(model.size().orders, 750);
  EXPECT_EQ(model.popular(1).front().sold.orders, 750);
}

}  // namespace
}  // namespace cloudcart::recommendation
