#include "product/domain/stock.h"

#include <algorithm>

namespace cloudcart::product {
namespace {
constexpr std::array<std::string_view, 6> movement_words{"initial", "adjust",  "reserve",
                                                         "sell",    "release", "take_back"};
}

std::string_view to_string(Movement movement) {
  return movement_words[static_cast<std::size_t>(movement)];
}

std::optional<Movement> parse_movement(std::string_view word) {
  const auto found = std::ranges::find(movement_words, word);
  if (found == movement_words.end()) return std::nullopt;
  return static_cast<Movement>(found - movement_words.begin());
}

Stock after(Stock stock, Movement movement, std::int64_t delta) {
  switch (movement) {
    case Movement::initial:
    case Movement::adjust:
      return {stock.available + delta, stock.reserved, stock.sold};
    case Movement::reserve:
      return {stock.available - delta, stock.reserved + delta, stock.sold};
    case Movement::sell:
      return {stock.available, stock.reserved - delta, stock.sold + delta};
    case Movement::release:
      return {stock.available + delta, stock.reserved - delta, stock.sold};
    case Movement::take_back:
      break;
  }
  return {stock.available + delta, stock.reserved, stock.sold - delta};
}

bool is_possible(const Stock& stock) {
  return stock.available >= 0 && stock.reserved >= 0 && stock.sold >= 0;
}

}  // namespace cloudcart::product
