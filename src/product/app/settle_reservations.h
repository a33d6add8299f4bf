#pragma once

#include <optional>

#include "core/clock.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/orders.h"
#include "product/ports/stock_repository.h"
#include "runtime/event_loop.h"

namespace cloudcart::product {

/// Gives back what is kept for orders that never came: a process may die between the reservation and the
/// commit of the order. What has waited longer than `timeout` is asked about, once:
/// - There is no order: the order service has closed the id by answering, so none will come. The stock goes
///   back.
/// - There is one: the reservation does what its status says, and from then on follows the order's events.
/// Every step may be repeated and may be the last before a crash: what is not settled is asked about again.
class SettleReservations {
 public:
  struct Options {
    milliseconds timeout{15 * 60'000};
    std::size_t batch = 200;  ///< reservations in one request
    /// What was reserved before it need not wait: whoever placed those orders has died since. Nullopt where that is not
    /// known, because the order service runs elsewhere.
    std::optional<Timestamp> placed_by_the_dead_before;
  };

  SettleReservations(StockRepository& stock, Orders& orders, CatalogueCache& cache, const Clock& clock,
                     Options options)
      : stock_(stock), orders_(orders), cache_(cache), clock_(clock), options_(options) {}

  /// One batch; answers how many reservations were settled. Errors: those of the ports.
  Task<Result<std::size_t>> operator()(Deadline deadline);
  /// Batch after batch until stopped, with pauses when nothing has waited long enough. Failures are logged and
  /// tried again.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<Status> settle(TenantId tenant, std::vector<OrderId> ids, Deadline deadline);

  StockRepository& stock_;
  Orders& orders_;
  CatalogueCache& cache_;
  const Clock& clock_;
  const Options options_;
};

}  // namespace cloudcart::product
