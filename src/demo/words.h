#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cloudcart::demo {

constexpr std::size_t kinds_per_category = 9;

/// A sort of product. `goes_with` are kinds of the same category that people buy with it.
struct Kind {
  std::string_view name;
  std::uint16_t lowest_price;  ///< in whole units of the currency
  std::uint16_t highest_price;
  bool used_up;  ///< bought again and again
  std::array<std::uint8_t, 3> goes_with;
};

struct Category {
  std::string_view name;
  std::string_view code;                       ///< begins the product codes
  std::array<std::uint8_t, 12> month_percent;  ///< how much it sells from January to December; 100 is usual
  std::array<Kind, kinds_per_category> kinds;
};

extern const std::array<Category, 10> categories;
extern const std::array<std::string_view, 32> collections;
extern const std::array<std::string_view, 12> colours;
extern const std::array<std::string_view, 40> first_names;
extern const std::array<std::string_view, 60> last_names;
extern const std::array<std::string_view, 24> streets;
extern const std::array<std::string_view, 20> towns;

}  // namespace cloudcart::demo
