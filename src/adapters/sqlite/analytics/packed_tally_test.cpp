#include "adapters/sqlite/analytics/packed_tally.h"

#include <limits>
#include <stdexcept>

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

Tallies unpack(std::string_view bytes) {
  Tallies tallies;
  for (TallyCursor cursor(bytes); cursor.next();) tallies[cursor.number()] = cursor.tally();
  return tallies;
}

TEST(PackedTallyTest, ReadsBackWhatWasPacked) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  const Tallies tallies{
      {1, {1, 2, 3998}}, {2, {0, -1, -1}}, {300, {most, least, most, least}}, {1'000'000, {}}};
  EXPECT_EQ(unpack(pack(tallies)), tallies);
  EXPECT_TRUE(unpack("").empty());
}

TEST(PackedTallyTest, AnOrdinaryEntryTakesFewBytes) {
  EXPECT_LE((pack({{1, {3, 40, 12'345}}, {2, {1, 1, 99}}}).size()), 16u);
}

TEST(PackedTallyTest, BytesThatAreCutOffAreRefused) {
  const auto bytes = pack({{1, {1, 2, 3998}}});
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_THROW(unpack(std::string_view{bytes}.substr(0, size)), std::runtime_error) << size;
  EXPECT_THROW(unpack(std::string(11, '\xFF')), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart::analytics
