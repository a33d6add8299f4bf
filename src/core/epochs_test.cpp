#include "core/epochs.h"

#include <gtest/gtest.h>

#include "core/chunked_array.h"

namespace cloudcart {
namespace {

/// Counts those of its kind that are alive.
struct Counted {
  explicit Counted(std::atomic<int>& alive_ones) : alive(alive_ones) { ++alive; }
  ~Counted() { --alive; }
  std::atomic<int>& alive;
};

TEST(EpochsTest, NothingIsFreedUnderAGuardAndAllAfterIt) {
  std::atomic<int> alive{0};
  Epochs epochs;
  {
    const auto guard = epochs.enter();
    for (int i = 0; i < 1000; ++i) epochs.retire(new Counted(alive));
    epochs.collect();
    EXPECT_EQ(alive, 1000);
  }
  epochs.collect();
  EXPECT_EQ(alive, 0);
}

TEST(EpochsTest, AGuardKeepsOnlyWhatWasRetiredSinceItCame) {
  std::atomic<int> alive{0};
  Epochs epochs;
  epochs.retire(new Counted(alive));
  epochs.collect();
  const auto outer = epochs.enter();
  EXPECT_EQ(alive, 0);
  epochs.retire(new Counted(alive));
  {
    const auto inner = epochs.enter();
    epochs.collect();
  }
  epochs.collect();
  EXPECT_EQ(alive, 1) << "the outer guard still holds it";
}

TEST(EpochsTest, RetiringFreesNowAndThenByItself) {
  std::atomic<int> alive{0};
  Epochs epochs;
  for (int i = 0; i < 10'000; ++i) epochs.retire(new Counted(alive));
  EXPECT_LT(alive, 200);
}

TEST(EpochsTest, WhatIsLeftGoesWithThem) {
  std::atomic<int> alive{0};
  {
    Epochs epochs;
    epochs.retire(new Counted(alive));
    epochs.retire(static_cast<const Counted*>(nullptr));
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(EpochsTest, ThereMayBeMoreReadersThanPlaces) {
  Epochs epochs;
  std::atomic<int> entered{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 100; ++t)
    readers.emplace_back([&] {
      const auto guard = epochs.enter();
      ++entered;
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    });
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(entered, 100);
}

TEST(EpochsTest, ReadersNeverMeetWhatIsFreed) {
  struct Node {
    std::uint64_t value;
    std::uint64_t twice;
    ~Node() { value = twice = 1; }  // 1 is not twice 1
  };
  Epochs epochs;
  std::atomic<const Node*> current{new Node{2, 4}};
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> looks{0}, torn{0};
  const auto read = [&] {
    while (!done) {
      const auto guard = epochs.enter();
      const auto* node = current.load(std::memory_order_acquire);
      for (int i = 0; i < 10; ++i) torn += node->twice != 2 * node->value;
      ++looks;
    }
  };
  std::thread first(read), second(read);
  for (std::uint64_t i = 0; i < 20'000 || looks < 1000; ++i)
    epochs.retire(current.exchange(new Node{i, 2 * i}, std::memory_order_acq_rel));
  done = true;
  first.join();
  second.join();
  epochs.retire(current.load());
  EXPECT_EQ(torn, 0);
}

TEST(ChunkedArrayTest, GrowsWithoutMovingAndStartsAsZero) {
  ChunkedArray<std::uint32_t, 2> array;
  EXPECT_EQ(array.size(), 0);
  array.push_back(7);
  const auto* first = &array[0];
  for (std::uint32_t i = 1; i < 5000; ++i) array.push_back(i);
  array.resize(20'000);
  array.resize(10);
  EXPECT_EQ(array.size(), 20'000) << "it never shrinks";
  EXPECT_EQ(&array[0], first);
  EXPECT_EQ(array[0], 7);
  for (std::uint32_t i = 1; i < 5000; ++i) ASSERT_EQ(array[i], i);
  for (std::uint32_t i = 5000; i < 20'000; ++i) ASSERT_EQ(array[i], 0);

  const ChunkedArray<std::uint32_t, 2> taken(std::move(array));
  EXPECT_EQ(taken.size(), 20'000);
  EXPECT_EQ(&taken[0], first);
}

TEST(ChunkedArrayTest, WhatIsAppendedTogetherStandsSideBySide) {
  ChunkedArray<std::uint32_t, 3> array;  // chunks of 8, 8, 16, 32 ...
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  std::uint32_t next = 0;
  for (std::size_t round = 0; round < 500; ++round) {
    const auto count = round * 5 % 9;  // 0 … 8
    const auto first = array.append_together(count);
    if (!runs.empty()) EXPECT_GE(first, runs.back().first + runs.back().second);
    for (std::size_t i = 0; i < count; ++i) array[first + i] = next++;
    runs.emplace_back(first, count);
  }
  std::uint32_t expected = 0;
  for (const auto& [first, count] : runs) {
    const auto run = array.together(first, count);
    ASSERT_EQ(run.size(), count);
    for (const auto value : run) ASSERT_EQ(value, expected++);
  }
}

TEST(ChunkedArrayTest, OthersReadWhatIsPublished) {
  ChunkedArray<std::uint64_t, 4> array;
  std::atomic<std::size_t> published{0};
  constexpr std::size_t count = 100'000;
  std::uint64_t wrong = 0;
  std::thread reader([&] {
    for (std::size_t seen = 0; seen < count;) {
      const auto ready = published.load(std::memory_order_acquire);
      for (; seen < ready; ++seen) wrong += array[seen] != seen * 3;
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    array.push_back(i * 3);
    published.store(i + 1, std::memory_order_release);
  }
  reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace cloudcart
