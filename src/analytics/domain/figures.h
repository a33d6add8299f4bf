#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/money.h"
#include "core/timestamp.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// What happened in a stretch of time. These are flows: an order counts when it was placed, its cancellation
/// when that happened, so past days never change. Credit notes give back money and units without cancelling
/// an order.
struct SalesFigures {
  std::int64_t placed_orders = 0;
  std::int64_t placed_units = 0;
  Money gross;
  std::int64_t cancelled_orders = 0;  ///< whole orders; credit notes are none
  std::int64_t cancelled_units = 0;
  Money cancelled;
  std::int64_t new_customers = 0;     ///< whose first order of all was placed here
  std::int64_t active_customers = 0;  ///< distinct customers who placed an order
  std::int64_t repeat_customers = 0;  ///< distinct customers who placed two orders or more
  std::int64_t shipped_orders = 0;
  std::int64_t shipping_seconds = 0;  ///< of the shipped ones in all, from being placed; whole seconds each
  std::int64_t delivered_orders = 0;
  std::int64_t delivering_seconds = 0;  ///< likewise, until delivered

  std::int64_t orders() const { return placed_orders - cancelled_orders; }
  std::int64_t units() const { return placed_units - cancelled_units; }
  Money net() const;
  /// Net revenue over orders, rounded half away from zero; zero when there are no orders.
  Money average_order_value() const;
  /// Adds everything but the active and the repeat customers, who may be the same people.
  void add_flows(const SalesFigures& other);
  bool operator==(const SalesFigures&) const = default;
};

/// Orders by status, in the order of OrderStatus.
using StatusCounts = std::array<std::int64_t, all_order_statuses.size()>;

/// Whole seconds from `begin` to `end`, rounded down; negative when the clock was set back in between.
std::int64_t seconds_between(Timestamp begin, Timestamp end);

/// numerator × scale / denominator, rounded half away from zero, at the ends of the type when beyond them. The
/// denominator is positive.
std::int64_t rounded_ratio(std::int64_t numerator, std::int64_t scale, std::int64_t denominator);

/// The sum; amounts beyond what Money holds are a broken invariant and throw.
Money sum(Money a, Money b);

/// (now - before) / |before| in tenths of a percent, rounded half away from zero; nullopt when `before` is 0.
std::optional<std::int64_t> change_in_permille(std::int64_t now, std::int64_t before);

/// part / whole in hundredths of a percent, rounded half up; 0 when `whole` is 0. Neither is negative.
std::int64_t share_in_basis_points(std::int64_t part, std::int64_t whole);

}  // namespace cloudcart::analytics
