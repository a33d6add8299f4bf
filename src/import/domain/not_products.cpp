#include "import/domain/not_products.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace cloudcart::history {
namespace {

constexpr std::array<std::string_view, 14> retail_patterns{
    "POST",  // postage
    "DOT",   // postage of the web shop
    "C2",
    "C3",  // carriage
    "M",   // manual entry
    "D",   // discount
    "S",   // samples
    "B",   // bad debt
    "BANK CHARGES",
    "AMAZONFEE",
    "CRUK",  // a charity's commission
    "PADS",  // packing, booked at a tenth of a penny
    "ADJUST*",
    "TEST*",
};

bool matches(std::string_view pattern, std::string_view code) {
  return pattern.ends_with('*') ? code.starts_with(pattern.substr(0, pattern.size() - 1)) : code == pattern;
}

}  // namespace

bool is_no_product_in_retail(std::string_view code) {
  return std::ranges::any_of(retail_patterns,
                             [&](std::string_view pattern) { return matches(pattern, code); });
}

CodePatterns::CodePatterns(const std::vector<std::string>& patterns) {
  for (const auto& pattern : patterns) patterns_.push_back(ascii_upper(trim(pattern)));
}

bool CodePatterns::match(std::string_view code) const {
  return std::ranges::any_of(patterns_, [&](const std::string& pattern) { return matches(pattern, code); });
}

}  // namespace cloudcart::history
