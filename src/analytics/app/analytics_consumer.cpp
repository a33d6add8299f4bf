#include "analytics/app/analytics_consumer.h"

#include <spdlog/spdlog.h>

namespace cloudcart::analytics {

Task<Result<std::int64_t>> AnalyticsConsumer::position(Deadline deadline) {
  auto position = co_await store_.position(deadline);
  if (position) feed_.start_at(*position);
  co_return position;
}

Task<Status> AnalyticsConsumer::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  // The stock was taken when the order was placed: it may be asked for before the order is applied.
  if (stock_watch_) stock_watch_->touch(records);
  CLOUDCART_CO_TRY(const auto applied, co_await store_.apply(std::move(records), deadline));
  events_applied_ += applied.events;
  if (applied.dead_letters > 0)
    spdlog::warn("{} events up to position {} cannot be added up and are kept as dead letters",
                 applied.dead_letters, applied.position);
  feed_.publish(applied);
  co_return Status{};
}

}  // namespace cloudcart::analytics
