#include "adapters/memory/order/memory_event_retention.h"

namespace cloudcart::order {

Task<Result<Compaction>> MemoryEventRetention::compact(Timestamp before, std::size_t limit, Deadline) {
  std::vector<events::OrderEvent> last_events;
  std::size_t examined = 0;
  for (const auto& [position, event] : state_.log) {
    if (position <= state_.compacted_up_to) continue;
    if (examined == limit || event.timestamp >= before) break;
    ++examined;
    state_.compacted_up_to = position;
    if (is_final(event.status)) last_events.push_back(event);
  }
  Compaction done{.more = examined == limit};
  for (const auto& last : last_events) {
    done.removed += static_cast<std::int64_t>(std::erase_if(state_.log, [&](const events::LogRecord& record) {
      return record.event.tenant == last.tenant && record.event.order_id == last.order_id &&
             record.event.version > 1 && record.event.version < last.version &&
             record.event.status != OrderStatus::shipped;
    }));
  }
  co_return done;
}

}  // namespace cloudcart::order
