#include "adapters/kafka/events/merge.h"

#include <algorithm>
#include <random>
#include <ranges>

#include <gtest/gtest.h>

namespace cloudcart::kafka {
namespace {

class MergeTest : public testing::Test {
 protected:
  Merge merge{0};

  void arrive(std::int64_t previous, std::int64_t position, bool understood = true,
              std::int32_t partition = 0) {
    std::optional<events::OrderEvent> event;
    if (understood) event = events::OrderEvent{.version = position};
    merge.add({.edition = 1, .position = position, .previous = previous}, {"t", partition}, std::move(event));
  }
  std::vector<std::int64_t> take_all() {
    std::vector<std::int64_t> positions;
    while (const auto record = merge.next()) {
      EXPECT_EQ(record->event.version, record->position);
      positions.push_back(record->position);
    }
    return positions;
  }
};

using Positions = std::vector<std::int64_t>;

TEST_F(MergeTest, InWhateverOrderAndHoweverOftenRecordsArriveTheLogComesOutOnce) {
  std::mt19937 random(11);
  for (int round = 0; round < 200; ++round) {
    merge = Merge(0);
    Positions log, out;
    for (std::int64_t position = 0; log.size() < 50;)
      log.push_back(position += 1 + static_cast<std::int64_t>(random() % 5));
    std::vector<std::size_t> arrivals;
    for (std::size_t i = 0; i < log.size(); ++i)
      for (auto times = 1 + random() % 3; times > 0; --times) arrivals.push_back(i);
    std::ranges::shuffle(arrivals, random);
    for (const auto i : arrivals) {
      arrive(i == 0 ? 0 : log[i - 1], log[i], true, static_cast<std::int32_t>(random() % 4));
      std::ranges::copy(take_all(), std::back_inserter(out));
      ASSERT_TRUE(std::ranges::equal(out, log | std::views::take(out.size())))
          << "only what is next comes out";
    }
    ASSERT_EQ(out, log);
    ASSERT_FALSE(merge.has_gap());
    for (std::int32_t partition = 0; partition < 4; ++partition)
      ASSERT_EQ(merge.waiting_of({"t", partition}), 0U);
  }
}

TEST_F(MergeTest, AGapIsNotSkipped) {
  arrive(0, 10);
  arrive(20, 30);
  EXPECT_EQ(take_all(), Positions{10});
  EXPECT_TRUE(merge.has_gap());
  EXPECT_EQ(merge.newest(), 30);
  arrive(10, 20);
  EXPECT_EQ(take_all(), (Positions{20, 30}));
  EXPECT_FALSE(merge.has_gap());
}

TEST_F(MergeTest, AReaderMayBeginBetweenPositionsAndAfterWhatWasRemoved) {
  merge = Merge(15);
  arrive(0, 10);
  arrive(10, 20);
  EXPECT_EQ(take_all(), Positions{20});
  arrive(12, 40);  // published again, after 20 and others had been removed from the log
  EXPECT_EQ(take_all(), Positions{40});
}

TEST_F(MergeTest, OfTwoEditionsTheLowerPositionComesFirst) {
  arrive(0, 30);  // of a later edition, when 10 and 20 had been removed from the log
  arrive(0, 10);
  arrive(10, 20);
  arrive(20, 30);
  EXPECT_EQ(take_all(), (Positions{10, 20, 30}));
}

TEST_F(MergeTest, WhatWasNotUnderstoodIsPassedOverWhenTheNextRecordNamesIt) {
  arrive(0, 10, false);
  EXPECT_EQ(take_all(), Positions{});
  EXPECT_EQ(merge.position(), 0);
  arrive(10, 20);
  EXPECT_EQ(take_all(), Positions{20});
}

TEST_F(MergeTest, WhatWasNotUnderstoodCannotPretendToBeFurther) {
  arrive(0, 1'000'000, false);
  EXPECT_EQ(take_all(), Positions{});
  arrive(0, 10);
  arrive(10, 20);
  EXPECT_EQ(take_all(), (Positions{10, 20}));
  EXPECT_EQ(merge.position(), 20);
  EXPECT_EQ(merge.newest(), 20);
}

TEST_F(MergeTest, ARecordTakesThePlaceOfWhatWasNotUnderstood) {
  arrive(0, 10, false);
  arrive(0, 10);
  EXPECT_EQ(take_all(), Positions{10});
  arrive(10, 20);
  arrive(10, 20, false);
  EXPECT_EQ(take_all(), Positions{20});
}

TEST_F(MergeTest, ItTellsHowManyOfAPartitionWait) {
  arrive(0, 10, true, 1);
  arrive(20, 30, true, 2);
  arrive(30, 40, true, 2);
  EXPECT_EQ(take_all(), Positions{10});
  EXPECT_EQ(merge.waiting_of({"t", 2}), 2U);
  EXPECT_EQ(merge.waiting_of({"t", 1}), 0U);
}

}  // namespace
}  // namespace cloudcart::kafka
