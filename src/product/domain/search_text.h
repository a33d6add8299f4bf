#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "product/domain/product.h"

namespace cloudcart::product {

/// Lower case by simple folding for Latin, Greek and Cyrillic letters; other characters stay. One function
/// for every store, so that all of them find the same.
std::string fold_case(std::string_view text);

/// What a product is found by: name, sku and description, folded, one to a line.
std::string search_text(const Product& product);

/// The folded words of a search. A product is found when its search_text holds each of them, anywhere.
std::vector<std::string> search_terms(std::string_view search);

bool matches(std::string_view search_text, const std::vector<std::string>& terms);

}  // namespace cloudcart::product
