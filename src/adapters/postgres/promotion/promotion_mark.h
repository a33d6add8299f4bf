#pragma once

#include <string>

namespace cloudcart::promotion {

/// The store that marks a target: its schema is <prefix>_promotion.
inline constexpr const char* promotion_store = "promotion";

/// For whoever is about to use the schemas <prefix>_<service>. Throws std::runtime_error with a sentence for the operator
/// when a shop is being promoted to them, or was, and is not there as a whole.
void refuse_unfinished(const std::string& url, const std::string& prefix);

}  // namespace cloudcart::promotion
