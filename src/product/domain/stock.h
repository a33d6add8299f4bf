#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/id.h"

namespace cloudcart::product {

/// Where the units of a product are. None is ever negative, and
/// initial + adjustments = available + reserved + sold.
struct Stock {
  std::int64_t available = 0;  ///< can be ordered
  std::int64_t reserved = 0;   ///< promised to orders that are not confirmed yet
  std::int64_t sold = 0;
  bool operator==(const Stock&) const = default;
};

/// The kinds of entry in the stock ledger. Only the first two change how many units there are.
enum class Movement : std::uint8_t {
  initial,    ///< the count a product was added with
  adjust,     ///< an edit of the count; the only kind with a negative delta
  reserve,    ///< available → reserved
  sell,       ///< reserved → sold
  release,    ///< reserved → available
  take_back,  ///< sold → available
};
constexpr std::array all_movements{Movement::initial, Movement::adjust,  Movement::reserve,
                                   Movement::sell,    Movement::release, Movement::take_back};
std::string_view to_string(Movement movement);
std::optional<Movement> parse_movement(std::string_view word);

/// The stock after `delta` units moved; it may be negative when the movement was not allowed.
Stock after(Stock stock, Movement movement, std::int64_t delta);
bool is_possible(const Stock& stock);

/// What the ledger says beside what is kept. Equal, unless there is a defect.
struct StockAudit {
  ProductId product_id;
  Stock kept;
  Stock by_ledger;
  bool operator==(const StockAudit&) const = default;
};

}  // namespace cloudcart::product
