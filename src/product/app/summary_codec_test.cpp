#include "product/app/summary_codec.h"

#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

TEST(SummaryCodec, BringsBackWhatItWasGiven) {
  const ProductId id{};
  for (const auto& summary : {ProductSummary{id, "Täpot", "Küche", Money{1999}, true, 40},
                              ProductSummary{id, "", "", Money{-1}, false, max_inventory}})
    EXPECT_EQ(decode_summary(id, encode_summary(summary)), summary);
}

TEST(SummaryCodec, RefusesBytesOfAnotherShape) {
  const auto bytes = encode_summary({ProductId{}, "Teapot", "", Money{1999}, true, 40});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(decode_summary(ProductId{}, bytes.substr(0, size)), std::nullopt) << size;
}

}  // namespace
}  // namespace cloudcart::product
