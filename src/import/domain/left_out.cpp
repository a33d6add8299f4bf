#include "import/domain/left_out.h"

namespace cloudcart::history {
namespace {

struct Words {
  std::string_view word;
  std::string_view description;
};

constexpr std::array<Words, left_out_reasons> words{{
    {"unreadable_record", "unreadable record (broken quotes, too long, or not as many fields as the header)"},
    {"missing_field", "order number, product code, date, quantity or price missing"},
    {"unusable_text", "a number or code with control characters or more than 100 characters"},
    {"unreadable_date", "unreadable date"},
    {"unreadable_number", "unreadable quantity or price"},
    {"adjustment_invoice", "adjustment invoice (A…)"},
    {"not_a_product", "not a product (postage, fees, discounts …)"},
    {"price_not_positive", "price zero or negative"},
    {"price_too_fine", "price finer than a minor unit"},
    {"quantity_not_positive", "quantity zero or negative on a sale"},
    {"quantity_not_negative", "quantity zero or positive on a cancellation"},
    {"amount_too_large", "amount too large"},
}};

}  // namespace

std::string_view to_string(LeftOut reason) {
  return words[static_cast<std::size_t>(reason)].word;
}
std::string_view describe(LeftOut reason) {
  return words[static_cast<std::size_t>(reason)].description;
}

}  // namespace cloudcart::history
