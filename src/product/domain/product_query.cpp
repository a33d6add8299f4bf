#include "product/domain/product_query.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "product/domain/search_text.h"

namespace cloudcart::product {
namespace {

constexpr std::array<std::string_view, 4> sort_words{"name", "price", "created_at", "inventory_count"};
constexpr std::size_t name_key_characters = 80;

}  // namespace

std::string_view to_string(ProductSort sort) {
  return sort_words[static_cast<std::size_t>(sort)];
}

std::optional<ProductSort> parse_product_sort(std::string_view word) {
  const auto found = std::ranges::find(sort_words, word);
  if (found == sort_words.end()) return std::nullopt;
  return static_cast<ProductSort>(found - sort_words.begin());
}

SortPosition position_of(const Product& product, ProductSort sort) {
  switch (sort) {
    case ProductSort::name:
      return {name_sort_key(product.name), product.id};
    case ProductSort::price:
      return {product.price.minor_units(), product.id};
    case ProductSort::created_at:
      return {to_unix_ms(product.created_at), product.id};
    case ProductSort::inventory_count:
      break;
  }
  return {product.inventory_count, product.id};
}

std::string name_sort_key(std::string_view name) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < name_key_characters && end < name.size(); ++i)
    end += std::max<std::size_t>(utf8_sequence_length(name, end), 1);
  return fold_case(name.substr(0, end));
}

bool matches(const ProductQuery& query, const Product& product) {
  if (query.category && query.category != product.category_name) return false;
  if (query.min_price && product.price < *query.min_price) return false;
  if (query.max_price && product.price > *query.max_price) return false;
  return query.terms.empty() || matches(search_text(product), query.terms);
}

}  // namespace cloudcart::product
