#include "order/app/follow_up.h"

#include <spdlog/spdlog.h>

#include "runtime/executor.h"

namespace cloudcart::order {
namespace {

constexpr seconds follow_up_limit{2};

/// An order without a reservation was imported: it has no stock to settle.
void log_failure(std::string_view what, OrderId order_id, const Status& status) {
  if (!status && status.error().code != ErrorCode::not_found)
    spdlog::warn("cannot {} the stock of order {}: {}", what, order_id.to_string(), status.error().message);
}

}  // namespace

Deadline follow_up_deadline() {
  return Executor::current()->now() + follow_up_limit;
}

Task<void> release_stock(Catalogue& catalogue, TenantId tenant, OrderId order_id) {
  log_failure("release", order_id,
              co_await catalogue.release(std::move(tenant), order_id, follow_up_deadline()));
}

Task<void> settle_stock(Catalogue& catalogue, TenantId tenant, OrderId order_id, OrderStatus status) {
  if (status == OrderStatus::cancelled) co_await release_stock(catalogue, std::move(tenant), order_id);
  if (status == OrderStatus::confirmed)
    log_failure("confirm", order_id,
                co_await catalogue.confirm(std::move(tenant), order_id, follow_up_deadline()));
}

}  // namespace cloudcart::order
