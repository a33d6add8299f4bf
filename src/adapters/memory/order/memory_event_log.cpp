#include "adapters/memory/order/memory_event_log.h"

#include <algorithm>

namespace cloudcart::order {

Task<Result<std::vector<events::LogRecord>>> MemoryEventLog::read(std::int64_t after, std::size_t limit,
                                                                  Deadline) {
  const auto& log = state_.log;
  const auto first = std::ranges::upper_bound(log, after, {}, &events::LogRecord::position);
  const auto count = std::min(limit, static_cast<std::size_t>(log.end() - first));
  co_return std::vector<events::LogRecord>(first, first + static_cast<std::ptrdiff_t>(count));
}

Task<Result<std::int64_t>> MemoryEventLog::end_position(Deadline) {
  co_return end();
}

Task<Result<std::int64_t>> MemoryEventLog::count_beyond(std::int64_t after, Deadline) {
  const auto& log = state_.log;
  co_return log.end() - std::ranges::upper_bound(log, after, {}, &events::LogRecord::position);
}

Task<bool> MemoryEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto ticket = state_.appended.ticket();
    if (end() > after) co_return true;
    if (!co_await state_.appended.wait(ticket, until)) co_return end() > after;
  }
}

}  // namespace cloudcart::order
