#include "product/domain/product_query.h"

#include <gtest/gtest.h>

#include "core/text.h"
#include "product/domain/product_cursor.h"

namespace cloudcart::product {
namespace {

constexpr std::array all_sorts{ProductSort::name, ProductSort::price, ProductSort::created_at,
                               ProductSort::inventory_count};

Product cup() {
  return {.id = ProductId::parse("01932c08-11aa-7b2c-8d4e-5f6071829304").value(),
          .name = "Ärmel Cup",
          .price = Money{350},
          .category_name = "Kitchen",
          .inventory_count = 9,
          .created_at = from_unix_ms(1'700'000'000'123)};
}

TEST(ProductCursor, LeadsBackToThePosition) {
  for (const auto sort : all_sorts) {
    for (const bool descending : {false, true}) {
      const auto position = position_of(cup(), sort);
      const auto cursor = encode_cursor(sort, descending, position);
      EXPECT_EQ(decode_cursor(cursor, sort, descending), position);
    }
  }
}

TEST(ProductCursor, HoldsForItsOwnOrderOnly) {
  for (const auto made_for : all_sorts) {
    const auto cursor = encode_cursor(made_for, true, position_of(cup(), made_for));
    EXPECT_EQ(decode_cursor(cursor, made_for, false), std::nullopt);
    for (const auto asked : all_sorts)
      EXPECT_EQ(decode_cursor(cursor, asked, true).has_value(), asked == made_for);
  }
}

TEST(ProductCursor, FitsIntoItsParameterForTheLongestName) {
  auto product = cup();
  product.name.clear();
  for (std::size_t i = 0; i < max_name_length; ++i) product.name += "😀";
  const auto position = position_of(product, ProductSort::name);
  const auto cursor = encode_cursor(ProductSort::name, false, position);
  EXPECT_LE(cursor.size(), 512U);
  EXPECT_EQ(decode_cursor(cursor, ProductSort::name, false), position);
}

TEST(ProductCursor, RefusesWhatItDidNotMake) {
  const auto good = encode_cursor(ProductSort::price, true, position_of(cup(), ProductSort::price));
  const auto bytes = base64url_decode(good).value();
  EXPECT_TRUE(decode_cursor(good, ProductSort::price, true));
  for (const std::string& bad :
       {std::string{}, std::string{"not-a-cursor"}, good + "AAAA", good.substr(0, good.size() - 2),
        "!" + good, base64url_encode(bytes.substr(0, 17))})
    EXPECT_EQ(decode_cursor(bad, ProductSort::price, true), std::nullopt) << bad;
  const std::string by_name = "a" + std::string(16, 'x');
  EXPECT_TRUE(decode_cursor(base64url_encode(by_name + "cup"), ProductSort::name, false));
  EXPECT_FALSE(decode_cursor(base64url_encode(by_name + "Cup"), ProductSort::name, false))
      << "names are folded";
  EXPECT_FALSE(decode_cursor(base64url_encode(by_name + "\xff"), ProductSort::name, false))
      << "names are UTF-8";
}

TEST(ProductSort, NamesIgnoreCaseAndEqualKeysGoById) {
  auto a = cup(), b = cup();
  a.name = "apple";
  b.name = "Banana";
  EXPECT_LT(position_of(a, ProductSort::name), position_of(b, ProductSort::name));
  b.name = "APPLE";
  b.id.value.bytes[15] += 1;
  EXPECT_LT(position_of(a, ProductSort::name), position_of(b, ProductSort::name));
}

TEST(ProductQuery, PriceBoundsIncludeBothEnds) {
  EXPECT_TRUE(matches({.min_price = Money{350}, .max_price = Money{350}}, cup()));
  EXPECT_FALSE(matches({.min_price = Money{351}}, cup()));
  EXPECT_FALSE(matches({.max_price = Money{349}}, cup()));
}

TEST(ProductQuery, ACategoryIsComparedExactly) {
  EXPECT_TRUE(matches({.category = "Kitchen"}, cup()));
  EXPECT_FALSE(matches({.category = "kitchen"}, cup()));
}

}  // namespace
}  // namespace cloudcart::product
