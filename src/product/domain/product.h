#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/id.h"
#include "core/money.h"
#include "core/result.h"
#include "core/timestamp.h"

namespace cloudcart::product {

constexpr std::size_t min_name_length = 2, max_name_length = 255;
constexpr std::size_t max_description_length = 2000;
constexpr std::size_t max_category_length = 100;
constexpr std::size_t max_sku_length = 100;
constexpr std::size_t max_image_url_length = 500;
constexpr std::int64_t max_inventory = 1'000'000'000;
constexpr Money min_price{1}, max_price{9'999'999'999};

/// What a shop offers. An inactive product is out of the catalogue, but stays for the orders that hold it.
struct Product {
  ProductId id;
  std::string name;
  std::optional<std::string> description;
  Money price;
  std::optional<std::string> category_name;
  std::int64_t inventory_count = 0;  ///< what can be ordered now
  std::optional<std::string> image_url;
  std::optional<std::string> sku;  ///< unique among the shop's products, inactive ones included
  bool is_active = true;
  Timestamp created_at;
  Timestamp updated_at;  ///< of the last edit; stock that moves with orders does not count

  bool operator==(const Product&) const = default;
};

/// What an edit asks for. A field without a value stays as it is; an inner nullopt empties it.
struct ProductChange {
  std::optional<std::string> name;
  std::optional<std::optional<std::string>> description;
  std::optional<Money> price;
  std::optional<std::optional<std::string>> category_name;
  std::optional<std::int64_t> inventory_count;
  std::optional<std::optional<std::string>> image_url;
  std::optional<std::optional<std::string>> sku;
  std::optional<bool> is_active;

  bool operator==(const ProductChange&) const = default;
};

/// True when something became different; only then updated_at moves, so that an edit repeated is no edit.
bool apply(const ProductChange& change, Timestamp now, Product& product);

/// What a store answers when another product of the shop has the sku.
Error sku_taken();

/// The part of a product that others decide with: the recommender, what is sold out, what left the catalogue.
struct ProductSummary {
  ProductId id;
  std::string name;
  std::string category_name;  ///< empty without one
  Money price;
  bool is_active = true;
  std::int64_t inventory_count = 0;

  bool operator==(const ProductSummary&) const = default;
};

ProductSummary summary_of(const Product& product);

}  // namespace cloudcart::product
