#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cloudcart::analytics {

/// An exact decimal number: `scaled` / 10^`decimals`.
struct Number {
  std::int64_t scaled = 0;
  std::uint8_t decimals = 0;
  bool operator==(const Number&) const = default;
};

/// All decimals, none left out: {-5, 2} is "-0.05", {12, 0} is "12". Also valid JSON.
std::string to_string(Number number);

}  // namespace cloudcart::analytics
