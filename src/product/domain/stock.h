#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/timestamp.h"

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

/// Why units moved, and who moved them. Movements of orders have neither: the order says both.
struct StockNote {
  std::string reason;
  std::optional<UserId> actor;
  bool operator==(const StockNote&) const = default;
};
/// Reasons that are not a person's own words.
constexpr std::string_view created_reason = "Product created", edited_reason = "Product edited",
                           imported_reason = "Product imported";

/// One entry of the ledger.
struct StockMovement {
  std::int64_t sequence = 0;  ///< 1, 2, … within the product, without gaps
  Movement movement = Movement::initial;
  std::int64_t delta = 0;  ///< units, as after() takes them
  std::optional<OrderId> order_id;
  std::optional<StockNote> note;
  Timestamp time;
  /// What it did to each figure.
  Stock change() const { return after({}, movement, delta); }
  bool operator==(const StockMovement&) const = default;
};

/// What the ledger says beside what is kept. Equal, unless there is a defect.
struct StockAudit {
  ProductId product_id;
  Stock kept;
  Stock by_ledger;
  bool operator==(const StockAudit&) const = default;
};

}  // namespace cloudcart::product
