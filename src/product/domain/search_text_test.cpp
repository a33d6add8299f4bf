#include "product/domain/search_text.h"

#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

TEST(FoldCase, LowersLatinGreekAndCyrillic) {
  EXPECT_EQ(fold_case("TeaPot 42"), "teapot 42");
  EXPECT_EQ(fold_case("ÀÖØÞ ŁŃŽ"), "àöøþ łńž");
  EXPECT_EQ(fold_case("ΆΈΌΏ ΑΩΣς"), "άέόώ αωσσ");
  EXPECT_EQ(fold_case("ЀЏ АЯ Ѡ"), "ѐџ ая ѡ");
}

TEST(FoldCase, LeavesTheRestAsItIs) {
  for (const std::string text : {"×÷ß", "茶壺", "🍵", "ĸŉ", "", "a\xff b"}) EXPECT_EQ(fold_case(text), text);
}

TEST(FoldCase, FoldedTextStaysTheSame) {
  for (char32_t letter = 0x80; letter < 0x800; ++letter) {
    const std::string text{static_cast<char>(0xC0 | letter >> 6), static_cast<char>(0x80 | (letter & 0x3F))};
    const auto folded = fold_case(text);
    EXPECT_EQ(fold_case(folded), folded) << text;
  }
}

TEST(Search, HoldsEveryWordAnywhere) {
  const auto text = search_text({.name = "Blue Teapot", .description = "Holds ONE litre", .sku = "TEA-001"});
  EXPECT_TRUE(matches(text, search_terms("teapot BLUE")));
  EXPECT_TRUE(matches(text, search_terms("  eapo   one ")));
  EXPECT_TRUE(matches(text, search_terms("tea-0")));
  EXPECT_FALSE(matches(text, search_terms("teapot green")));
  EXPECT_TRUE(matches(text, search_terms("")));
}

TEST(Search, AWordDoesNotReachOverFields) {
  const auto text = search_text({.name = "Blue Tea", .sku = "pot"});
  EXPECT_FALSE(matches(text, search_terms("teapot")));
}

}  // namespace
}  // namespace cloudcart::product
