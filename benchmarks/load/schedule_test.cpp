#include "load/schedule.h"

#include <deque>

#include <gtest/gtest.h>

#include "core/random.h"

namespace cloudcart::load {
namespace {

TEST(ScheduleTest, IsEvenAndDoesNotDrift) {
  Schedule schedule(1'000, 3);
  EXPECT_EQ(schedule.take(), 1'000);
  EXPECT_EQ(schedule.take(), 1'000 + 333'333'333);
  EXPECT_EQ(schedule.take(), 1'000 + 666'666'666);
  EXPECT_EQ(schedule.take(), 1'000 + 1'000'000'000);
  for (int i = 4; i < 3 * 86'400; ++i) schedule.take();
  EXPECT_NEAR(static_cast<double>(schedule.next()), 1'000 + 86'400e9, 1) << "a day later";
}

TEST(ScheduleTest, LookingAtTheNextDoesNotTakeIt) {
  Schedule schedule(5, 1'000);
  EXPECT_EQ(schedule.next(), 5);
  EXPECT_EQ(schedule.next(), 5);
  schedule.take();
  EXPECT_EQ(schedule.next(), 5 + 1'000'000);
}

TEST(WaitingLineTest, KeepsTheOrderAndTheBound) {
  Random random(3, 0);
  WaitingLine line(5);
  std::deque<std::int64_t> model;
  for (int i = 0; i < 10'000; ++i) {
    if (random.percent(55)) {
      ASSERT_EQ(line.push(i), model.size() < 5);
      if (model.size() < 5) model.push_back(i);
    } else {
      const auto got = line.pop();
      ASSERT_EQ(got.has_value(), !model.empty());
      if (got) {
        ASSERT_EQ(*got, model.front());
        model.pop_front();
      }
    }
    ASSERT_EQ(line.size(), model.size());
    ASSERT_EQ(line.empty(), model.empty());
  }
}

}  // namespace
}  // namespace cloudcart::load
