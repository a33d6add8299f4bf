#include <map>
#include <random>
#include <thread>

#include <gmock/gmock.h>

#include "recommendation/domain/id_index.h"
#include "recommendation/domain/live_rows.h"
#include "recommendation/domain/score_board.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(IdIndexTest, NumbersIdsInOrderOfFirstSight) {
  IdIndex<ProductId> index;
  EXPECT_EQ(index.find(test::product(0)), std::nullopt);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  EXPECT_EQ(index.size(), 10'000);
  EXPECT_EQ(index.find(test::product(70)), 10);
  EXPECT_EQ(index[10], test::product(70));
  EXPECT_EQ(index.find(test::product(71)), std::nullopt);
}

TEST(IdIndexTest, FindsIdsThatDifferInAnyBits) {
  IdIndex<ProductId> index;
  std::uint32_t expected = 0;
  for (std::size_t byte = 0; byte < 16; ++byte)
    for (unsigned value = 1; value < 256; ++value) {
      ProductId id;
      id.value.bytes[byte] = static_cast<std::uint8_t>(value);
      ASSERT_EQ(index.add(id), expected++);
    }
  for (std::uint32_t i = 0; i < expected; ++i) ASSERT_EQ(index.find(index[i]), i);
}

TEST(IdIndexTest, OthersFindWhatIsThereWhileItGrows) {
  IdIndex<ProductId> index;
  std::atomic<std::uint32_t> added{0};
  constexpr std::uint32_t count = 50'000;
  std::atomic<int> wrong{0};
  const auto read = [&] {
    std::mt19937 random(1);
    for (std::uint32_t seen = 0; seen < count;) {
      seen = added.load(std::memory_order_acquire);
      if (seen == 0) continue;
      const auto known = random() % seen;
      wrong += index.find(test::product(known)) != known;
      // What may just be coming is found whole or not at all.
      if (const auto found = index.find(test::product(seen))) wrong += index[*found] != test::product(seen);
      wrong += index.find(test::product(count + known)).has_value();
      wrong += index.bytes() == 0;
    }
  };
  std::thread first(read), second(read);
  for (std::uint32_t i = 0; i < count; ++i) {
    index.add(test::product(i));
    added.store(i + 1, std::memory_order_release);
  }
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
}

TEST(IdIndexTest, TellsWhatItTakes) {
  IdIndex<ProductId> index;
  EXPECT_EQ(index.bytes(), 0);
  index.add(test::product(1));
  EXPECT_EQ(index.bytes(), sizeof(ProductId) + 16 * sizeof(std::uint32_t));
  for (std::uint32_t i = 0; i < 11; ++i) index.add(test::product(i));  // two thirds of 16 are exceeded
  EXPECT_EQ(index.bytes(), 11 * sizeof(ProductId) + (16 + 32) * sizeof(std::uint32_t));
}

using Row = std::map<std::uint32_t, float>;

Row row_of(const LiveRows& rows, std::uint32_t row) {
  Row answer;
  rows.for_each(row, [&](std::uint32_t column, float value) {
    EXPECT_TRUE(answer.emplace(column, value).second) << "column " << column << " twice";
  });
  return answer;
}

void expect_row(const LiveRows& rows, std::uint32_t row, const Row& expected, std::uint32_t columns) {
  Row without_zeros = expected;
  std::erase_if(without_zeros, [](const auto& entry) { return entry.second == 0; });
  ASSERT_EQ(row_of(rows, row), without_zeros);
  std::vector<std::uint32_t> asked;
  for (std::uint32_t column = 0; column < columns; column += 3) asked.push_back(column);
  std::vector<float> gathered(asked.size(), -1);
  rows.gather(row, asked, gathered.data());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto found = expected.find(asked[i]);
    const auto value = found == expected.end() ? 0 : found->second;
    ASSERT_EQ(gathered[i], value);
    ASSERT_EQ(rows.at(row, asked[i]), value);
  }
}

TEST(LiveRowsTest, HoldWhatAMapHoldsAfterAnyChanges) {
  constexpr std::uint32_t row_count = 20, columns = 500;
  std::mt19937 random(3);
  Epochs epochs;
  LiveRows rows(epochs);
  rows.make_room(row_count);
  std::vector<Row> expected(row_count);
  for (int step = 0; step < 60'000; ++step) {
    // Row r uses few or many columns; some values go back to zero and come again.
    const auto row = static_cast<std::uint32_t>(random() % (row_count - 1));
    const auto column = static_cast<std::uint32_t>(random() % (1 + row * row)) * 37 % columns;
    const auto value = random() % 4 == 0 ? 0.0F : static_cast<float>(random() % 1000) - 500;
    const auto before = expected[row][column];
    rows.update(row, column, [&](float old) {
      EXPECT_EQ(old, before);
      return value;
    });
    expected[row][column] = value;
    if (step % 10'000 == 0)
      for (std::uint32_t r = 0; r < row_count; ++r) expect_row(rows, r, expected[r], columns);
  }
  for (std::uint32_t r = 0; r < row_count; ++r) expect_row(rows, r, expected[r], columns);
}

TEST(LiveRowsTest, AFilledRowOfAnySizeCanBeReadAndChanged) {
  Epochs epochs;
  LiveRows rows(epochs);
  rows.make_room(101);
  for (std::uint32_t size = 0; size <= 100; ++size) {
    std::vector<LiveRows::Entry> entries;
    Row expected;
    for (std::uint32_t i = 0; i < size; ++i) {
      entries.push_back({i * 1009, static_cast<float>(i) + 1});
      expected[i * 1009] = static_cast<float>(i) + 1;
    }
    rows.fill(size, entries);
    expect_row(rows, size, expected, 1009 * 101);
    for (std::uint32_t i = 0; i < 5; ++i) {
      rows.update(size, i * 1009, [](float old) { return old + 0.5F; });
      rows.update(size, 1 + i * 2003, [](float) { return 9.0F; });
      expected[i * 1009] += 0.5F;
      expected[1 + i * 2003] = 9;
    }
    expect_row(rows, size, expected, 1009 * 101);
  }
}

TEST(LiveRowsTest, ZerosAreDroppedWhenARowGrows) {
  Epochs epochs;
  LiveRows rows(epochs);
  rows.make_room(1);
  for (std::uint32_t column = 0; column < 100'000; ++column) {
    rows.update(0, column, [](float) { return 1.0F; });
    rows.update(0, column, [](float) { return 0.0F; });
  }
  EXPECT_LE(rows.width(0), 8);
  EXPECT_EQ(row_of(rows, 0), Row{});
  EXPECT_LT(rows.bytes(), 200);
}

TEST(ScoreBoardTest, SumsAndForgets) {
  ScoreBoard<2> board;
  board.reset(10);
  board[3][0] += 1;
  board[7][1] += 2;
  board[3][0] += 4;
  EXPECT_THAT(board.touched(), ElementsAre(3, 7));
  EXPECT_THAT(board.sums(), ElementsAre(ElementsAre(5, 0), ElementsAre(0, 2)));
  EXPECT_TRUE(board.has(7));
  EXPECT_FALSE(board.has(4));
  EXPECT_FALSE(board.has(1'000'000));
  board.reset(10);
  EXPECT_THAT(board.touched(), IsEmpty());
  EXPECT_FALSE(board.has(7));
  EXPECT_THAT(board[7], ElementsAre(0, 0));
}

TEST(ScoreBoardTest, HasRoomForProductsThatComeMeanwhile) {
  ScoreBoard<1> board;
  board.reset(2);
  board[1][0] = 1;
  board[5000][0] = 2;
  EXPECT_THAT(board.touched(), ElementsAre(1, 5000));
  EXPECT_TRUE(board.has(5000));
  EXPECT_FALSE(board.has(4999));
  board.reset(2);
  EXPECT_FALSE(board.has(5000));
}

MATCHER_P(Product, number, "") {
  return arg.product == static_cast<std::uint32_t>(number);
}

TEST(ScoreBoardTest, TheBestAreKept) {
  const std::vector<Scored> all{{5, 1}, {1, 3}, {2, 2}, {4, 2}, {3, 2}};
  auto some = all;
  keep_best(some, 3);
  EXPECT_THAT(some, UnorderedElementsAre(Product(1), Product(2), Product(3)));
  some = all;
  keep_best(some, 5);
  EXPECT_EQ(some.size(), 5);
  keep_best(some, 0);
  EXPECT_THAT(some, IsEmpty());
}

}  // namespace
}  // namespace cloudcart::recommendation
