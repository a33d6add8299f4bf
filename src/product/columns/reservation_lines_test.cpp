#include "product/columns/reservation_lines.h"

#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

TEST(ReservationLines, ComeBackAsTheyWere) {
  const auto id = ProductId::parse("01932c08-11aa-7000-8000-000000000001").value();
  const std::vector<NumberedLine> lines{{7, {id, "Täpot \"x\" \\ 🍵", "", Money{9'999'999'999}, 1'000'000}},
                                        {1LL << 40, {id, "Cup", "Küche", Money{1}, 1}}};
  EXPECT_EQ(lines_of(lines_as_json(lines)), lines);
  EXPECT_TRUE(lines_of(lines_as_json({})).empty());
}

/// What earlier versions have written is read for ever.
TEST(ReservationLines, TheFormStays) {
  const auto id = ProductId::parse("01932c08-11aa-7000-8000-000000000001").value();
  const std::string stored = R"([["01932c08-11aa-7000-8000-000000000001",7,"Cup","Kitchen",250,2]])";
  const std::vector<NumberedLine> lines{{7, {id, "Cup", "Kitchen", Money{250}, 2}}};
  EXPECT_EQ(lines_as_json(lines), stored);
  EXPECT_EQ(lines_of(stored), lines);
}

TEST(ReservationLines, ADamagedStoreIsThrown) {
  EXPECT_ANY_THROW(lines_of("[[1]]"));
  EXPECT_ANY_THROW(lines_of("nothing"));
}

}  // namespace
}  // namespace cloudcart::product
