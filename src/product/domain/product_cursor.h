#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "product/domain/product_query.h"

namespace cloudcart::product {

/// The opaque text by which a client asks for what comes behind `position`: base64url of the order, the id
/// and the key.
std::string encode_cursor(ProductSort sort, bool descending, const SortPosition& position);

/// Nullopt for what encode_cursor did not make, or made for another order.
std::optional<SortPosition> decode_cursor(std::string_view cursor, ProductSort sort, bool descending);

/// The same for a place in a stock ledger, in its store's own terms.
std::string encode_place(std::int64_t place);
std::optional<std::int64_t> decode_place(std::string_view cursor);

}  // namespace cloudcart::product
