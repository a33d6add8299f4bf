#include "app/commands/order_log.h"

#include <cstdio>

#include <fmt/format.h>

#include "adapters/sqlite/store/file_lock.h"

namespace cloudcart::app {
namespace {

constexpr seconds read_limit{60};

}  // namespace

OrderLog::OrderLog(const Config& config) : ground_(config) {
  bring_up_to_date();
  orders_ = open_order_stores(ground_, Access::look);
}

Result<OrderLog::Records> OrderLog::read(std::int64_t after) {
  return sync_wait(orders_->log().read(after, records_per_read, ground_.clock.monotonic_now() + read_limit));
}

Result<std::int64_t> OrderLog::end() {
  return sync_wait(orders_->log().end_position(ground_.clock.monotonic_now() + read_limit));
}

/// A folder of an older version is migrated as at its next start.
void OrderLog::bring_up_to_date() {
  try {
    (void)open_order_stores(ground_);
  } catch (const sqlite::InUse&) {
    return;  // whoever serves it has done so
  }
}

bool has_orders(const Config& config) {
  if (!config.postgres.url.empty() || std::filesystem::exists(config.data_dir / "order.db")) return true;
  fmt::print(stderr, "cloudcart: there are no orders in {}; is --data-dir right?\n",
             config.data_dir.string());
  return false;
}

}  // namespace cloudcart::app
