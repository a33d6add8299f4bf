#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cloudcart::history {

/// Codes in the product column of the retail layouts that stand for postage, fees, discounts and corrections.
/// docs/IMPORT.md lists them. `code` trimmed and in upper case.
bool is_no_product_in_retail(std::string_view code);

/// Codes that a shop names itself; one that ends with * stands for all that begin like it.
class CodePatterns {
 public:
  explicit CodePatterns(const std::vector<std::string>& patterns);
  bool match(std::string_view code) const;

 private:
  std::vector<std::string> patterns_;
};

}  // namespace cloudcart::history
