#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "events/order_event.h"
#include "product/domain/product.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// What an order asks for. One product may stand on several lines.
struct LineRequest {
  ProductId product_id;
  std::int64_t quantity = 0;
  bool operator==(const LineRequest&) const = default;
};

/// A line as it was promised: name, category and price are those of that moment.
struct ReservedLine {
  ProductId product_id;
  std::string product_name;
  std::string category_name;  ///< empty without one
  Money price;
  std::int64_t quantity = 0;
  bool operator==(const ReservedLine&) const = default;
};

/// The life of an order's stock: reserved → sold, and released from both. Nothing leads out of released, so
/// that stock goes back once and a request that comes late reserves nothing.
enum class ReservationState : std::uint8_t { reserved, sold, released };
std::string_view to_string(ReservationState state);
std::optional<ReservationState> parse_reservation_state(std::string_view word);

constexpr std::size_t max_lines = 100;
constexpr std::int64_t max_quantity = 1'000'000;  ///< of one line

using Quantities = std::map<ProductId, std::int64_t>;
Quantities sum_by_product(const std::vector<LineRequest>& lines);
Quantities sum_by_product(const std::vector<ReservedLine>& lines);

/// 1 to max_lines lines of 1 to max_quantity units; validation_failed naming all that break it.
Status check_lines(const std::vector<LineRequest>& lines);

struct ReservationPlan {
  std::vector<ReservedLine> lines;  ///< in the order they were asked for
  Quantities quantities;            ///< what to take of each product
};

/// All lines or none. Errors: validation_failed naming the product_id of each line whose product is unknown
/// or inactive; else insufficient_inventory naming each product that is short.
Result<ReservationPlan> plan_reservation(const std::vector<LineRequest>& lines,
                                         const std::function<std::optional<ProductSummary>(ProductId)>& find);

/// For an order that has a reservation: what it was promised, when it asks for the same again. Errors:
/// conflict when it asks for something else, or when the stock went back already.
Result<std::vector<ReservedLine>> repeat_reservation(ReservationState state,
                                                     std::vector<ReservedLine> promised,
                                                     const std::vector<LineRequest>& asked);

/// What an order in `status` does with its stock: nothing yet while it is pending, sold from confirmed on,
/// given back once cancelled. Steps may come in any order and any number of times.
enum class StockStep : std::uint8_t { none, sell, give_back };
StockStep step_of(OrderStatus status);
/// The same for an order of which it was asked; without one the stock goes back.
StockStep step_of(std::optional<OrderStatus> status);

/// What confirming answers after the stock went back.
Error released_already();

/// How the stock of a reservation in `state` goes back; nullopt when it has.
std::optional<Movement> way_back(ReservationState state);

}  // namespace cloudcart::product
