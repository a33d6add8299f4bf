#pragma once

#include <cstdint>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "product/domain/reservation.h"
#include "product/domain/stock.h"
#include "product/ports/as_of.h"
#include "runtime/task.h"

namespace cloudcart::product {

/// What the order log says about an order's stock.
struct OrderStep {
  std::int64_t position = 0;  ///< in the log
  TenantId tenant;
  OrderId order_id;
  StockStep step = StockStep::none;
  Timestamp time;
};

/// A reservation, by the order it is for.
struct HeldOrder {
  TenantId tenant;
  OrderId order_id;
  bool operator==(const HeldOrder&) const = default;
};

/// What the order service says of an order; nullopt: there is none, and there never will be.
struct SettledOrder {
  OrderId order_id;
  std::optional<OrderStatus> status;
};

/// A product whose available count became another.
struct StockChange {
  TenantId tenant;
  ProductId product_id;
  bool operator==(const StockChange&) const = default;
};
using StockChanges = std::vector<StockChange>;

/// The units of each product, and the reservations that hold them.
///
/// Atomicity: each method that writes is whole or not at all, its entries in the stock ledger included.
/// Concurrent reservations never take more than there is and never wait for each other in a circle. Errors:
/// unavailable, overloaded, deadline_exceeded, outcome_unknown, and those named below.
class StockRepository {
 public:
  virtual ~StockRepository() = default;
  /// Takes all lines from what is available, or none. Idempotent by order: asked again with the same lines it
  /// answers what was promised the first time. Errors: those of plan_reservation and repeat_reservation.
  virtual Task<Result<AsOf<std::vector<ReservedLine>>>> reserve(TenantId tenant, OrderId order,
                                                                std::vector<LineRequest> lines, Timestamp now,
                                                                Deadline deadline) = 0;
  /// Gives the order's stock back, whether reserved or sold. Idempotent. For an order without a reservation
  /// it remembers the release, so that a reservation that comes late is refused.
  virtual Task<Result<AsOf<StockChanges>>> release(TenantId tenant, OrderId order, Timestamp now,
                                                   Deadline deadline) = 0;
  /// Makes what is reserved sold. Idempotent. Errors: not_found without a reservation, conflict after a
  /// release.
  virtual Task<Status> confirm(TenantId tenant, OrderId order, Timestamp now, Deadline deadline) = 0;

  /// The position of the order log up to which follow() has applied everything; 0 at the beginning.
  virtual Task<Result<std::int64_t>> followed_position(Deadline deadline) = 0;
  /// Applies the steps beyond the stored position and moves it to `position`, both or neither. Steps of
  /// orders without a reservation, and steps that come after a release, change nothing. Idempotent.
  virtual Task<Result<AsOf<StockChanges>>> follow(std::vector<OrderStep> steps, std::int64_t position,
                                                  Deadline deadline) = 0;

  /// Reservations made at `reserved_before` or earlier, the oldest first, that are neither sold nor released
  /// and of which settle() has not heard that there is an order.
  virtual Task<Result<std::vector<HeldOrder>>> unsettled(Timestamp reserved_before, std::size_t limit,
                                                         Deadline deadline) = 0;
  /// Does with each reservation what its order's status asks for; one without an order goes back. None of them
  /// is unsettled any more. Orders without a reservation change nothing. Idempotent.
  virtual Task<Result<AsOf<StockChanges>>> settle(TenantId tenant, std::vector<SettledOrder> orders,
                                                  Timestamp now, Deadline deadline) = 0;
  /// Every product of the shop, by id: what is kept, and what the whole ledger adds up to, at one moment.
  virtual Task<Result<std::vector<StockAudit>>> audit(TenantId tenant, Deadline deadline) = 0;
};

}  // namespace cloudcart::product
