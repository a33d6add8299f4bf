#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "recommendation/domain/model.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

TEST(ModelConcurrencyTest, ReadersSeePlausibleAnswersWhileOrdersComeAndGo) {
  Model model({});
  std::atomic<bool> done{false};
  std::atomic<int> answers{0};
  const auto read = [&] {
    std::uint32_t round = 0;
    while (!done || round == 0) {
      const auto p = ++round % 20;
      for (const auto& [product, score] : model.similar(test::product(p), 10)) {
        EXPECT_GT(score, 0);
        EXPECT_LE(score, 1 + 1e-12);
      }
      model.for_user(test::user(p % 5), 10);
      model.popular(10);
      model.trending(10);
      const auto size = model.size();
      EXPECT_GE(size.order_lines, size.orders);
      ++answers;
    }
  };
  std::thread first(read), second(read);
  std::mt19937 random(7);
  for (std::uint32_t number = 1; number <= 1000; ++number) {
    const auto event =
        test::bought(number, random() % 5, {{number % 20}, {(number + 1) % 20}, {(number * 3) % 20}});
    model.apply(event);
    if (number % 3 == 0) model.apply(test::cancellation_of(event));
  }
  done = true;
  first.join();
  second.join();
  EXPECT_GE(answers, 2);
  EXPECT_EQ(model.size().orders, 667);
}

TEST(ModelConcurrencyTest, WritersMayBeSeveral) {
  Model model({});
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

TEST(FairSharedMutexTest, AWriterGetsThroughOverlappingReaders) {
  FairSharedMutex mutex;
  std::atomic<bool> written{false};
  const auto read = [&] {
    while (!written) {
      const std::shared_lock lock(mutex);
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
  };
  std::thread first(read), second(read), third(read);
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
  for (int i = 0; i < 20; ++i) const std::unique_lock lock(mutex);
  written = true;
  first.join();
  second.join();
  third.join();
}

}  // namespace
}  // namespace cloudcart::recommendation
