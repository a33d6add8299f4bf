#include "product/domain/product.h"

#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

const Timestamp made = from_unix_ms(1'000), later = from_unix_ms(2'000);

Product teapot() {
  return {.name = "Teapot",
          .description = "Holds one litre",
          .price = Money{1999},
          .category_name = "Kitchen",
          .inventory_count = 5,
          .sku = "TEA-001",
          .created_at = made,
          .updated_at = made};
}

TEST(ProductChange, ChangesOnlyWhatItNames) {
  auto product = teapot();
  EXPECT_TRUE(apply({.price = Money{2150}, .inventory_count = 7}, later, product));
  auto expected = teapot();
  expected.price = Money{2150};
  expected.inventory_count = 7;
  expected.updated_at = later;
  EXPECT_EQ(product, expected);
}

TEST(ProductChange, AnInnerNulloptEmptiesTheField) {
  auto product = teapot();
  EXPECT_TRUE(apply({.description = std::optional<std::string>{}, .sku = std::optional<std::string>{}}, later,
                    product));
  EXPECT_EQ(product.description, std::nullopt);
  EXPECT_EQ(product.sku, std::nullopt);
  EXPECT_EQ(product.category_name, "Kitchen");
}

TEST(ProductChange, WhatChangesNothingIsNoEdit) {
  auto product = teapot();
  EXPECT_FALSE(apply({.name = "Teapot", .is_active = true}, later, product));
  EXPECT_EQ(product, teapot());
}

TEST(ProductSummary, SaysNoCategoryByEmptyText) {
  auto product = teapot();
  product.category_name.reset();
  EXPECT_EQ(summary_of(product), (ProductSummary{product.id, "Teapot", "", Money{1999}, true, 5}));
}

}  // namespace
}  // namespace cloudcart::product
