#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "product/domain/product.h"

namespace cloudcart::product {

/// A summary, without its id, in the bytes that the cache keeps: flag, count and price (8 bytes each,
/// big-endian), length of the name (4 bytes), name, category.
std::string encode_summary(const ProductSummary& summary);
/// Nullopt for bytes of another shape: a cache may hold what another version wrote.
std::optional<ProductSummary> decode_summary(ProductId id, std::string_view bytes);

}  // namespace cloudcart::product
