#include "adapters/sqlite/analytics/packed_lines.h"

#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

using Lines = std::vector<ItemLine>;

TEST(PackedLinesTest, ReadsBackWhatWasPacked) {
  const Lines lines{
      {0, 1, 3998},
      {1, -1, -1},
      {300, std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int64_t>::max()},
      {4'000'000'000, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int64_t>::min()}};
  EXPECT_EQ(unpack(pack(lines)), lines);
  EXPECT_EQ(unpack(""), Lines{});
}

TEST(PackedLinesTest, AnOrdinaryLineTakesFewBytes) {
  EXPECT_LE(pack({{1'000, 3, 12'345}}).size(), 6u);
}

TEST(PackedLinesTest, BytesThatAreCutOffOrOutOfRangeAreRefused) {
  const auto bytes = pack({{1, 2, 3998}});
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_THROW(unpack(std::string_view{bytes}.substr(0, size)), std::runtime_error) << size;
  EXPECT_THROW(unpack(std::string(11, '\xFF')), std::runtime_error);
  const std::string beyond_32_bits{"\xFF\xFF\xFF\xFF\x7F\x02\x02"};
  EXPECT_THROW(unpack(beyond_32_bits), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart::analytics
