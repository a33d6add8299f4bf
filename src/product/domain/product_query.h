#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "product/domain/product.h"

namespace cloudcart::product {

enum class ProductSort : std::uint8_t { name, price, created_at, inventory_count };
std::string_view to_string(ProductSort sort);
std::optional<ProductSort> parse_product_sort(std::string_view word);

/// Where a product stands in an order: its sort key, and its id among products with the same key.
struct SortPosition {
  std::variant<std::int64_t, std::string>
      key;  ///< minor units, Unix milliseconds, a count, or a name_sort_key
  ProductId id;
  auto operator<=>(const SortPosition&) const = default;
};

SortPosition position_of(const Product& product, ProductSort sort);

/// What names are ordered by, byte by byte: the first 80 characters without regard to case. Bounded, so that
/// it fits into a cursor.
std::string name_sort_key(std::string_view name);

/// Which active products to list, and in which order.
struct ProductQuery {
  std::optional<std::string> category;
  std::vector<std::string> terms;  ///< from search_terms
  std::optional<Money> min_price;
  std::optional<Money> max_price;
  ProductSort sort = ProductSort::created_at;
  bool descending = true;
  std::optional<SortPosition> after;  ///< only what comes behind it in this order
  std::int64_t offset = 0;
  std::int64_t limit = 20;
};

struct ProductPage {
  std::vector<Product> products;
  std::int64_t total = 0;  ///< of all pages, whatever `after`
  bool has_more = false;   ///< products behind the last one
};

/// By the filters alone: neither `after` nor whether the product is active.
bool matches(const ProductQuery& query, const Product& product);

}  // namespace cloudcart::product
