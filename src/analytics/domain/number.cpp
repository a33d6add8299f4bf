#include "analytics/domain/number.h"

namespace cloudcart::analytics {

std::string to_string(Number number) {
  // The magnitude as unsigned, so that the least number has one too.
  const bool negative = number.scaled < 0;
  const auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(number.scaled) : static_cast<std::uint64_t>(number.scaled);
  auto digits = std::to_string(magnitude);
  if (number.decimals > 0) {
    if (digits.size() <= number.decimals) digits.insert(0, number.decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - number.decimals, 1, '.');
  }
  return negative ? '-' + digits : digits;
}

}  // namespace cloudcart::analytics
