#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/money.h"

namespace cloudcart::history {

/// Why a line does not count. A line is left out for the first reason in this order that applies.
enum class LeftOut : std::uint8_t {
  unreadable_record,  ///< broken quotes, too long, or another number of fields than the header
  missing_field,      ///< no order number, product code, date, quantity or price
  unusable_text,      ///< a number or code longer than 100 characters or with control characters
  unreadable_date,
  unreadable_number,   ///< quantity or price
  adjustment_invoice,  ///< A… in the retail layouts: book-keeping
  not_a_product,       ///< postage, fees, discounts …; see NotProducts
  price_not_positive,
  price_too_fine,         ///< finer than a minor unit
  quantity_not_positive,  ///< on a sale
  quantity_not_negative,  ///< on a cancellation
  amount_too_large,       ///< more than 10,000,000,000.00 in one line
};
constexpr std::size_t left_out_reasons = 12;

/// The stable word for JSON, e.g. "not_a_product".
std::string_view to_string(LeftOut reason);
/// For people, e.g. "not a product (postage, fees, discounts)".
std::string_view describe(LeftOut reason);

struct LeftOutLines {
  std::uint64_t lines = 0;
  Money amount;         ///< quantity × price as written, where both could be read
  std::string example;  ///< where the first one is: "file, line 17"
};
using LeftOutTally = std::array<LeftOutLines, left_out_reasons>;

}  // namespace cloudcart::history
