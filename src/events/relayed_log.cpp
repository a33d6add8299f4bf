#include "events/relayed_log.h"

#include <algorithm>

#include "runtime/executor.h"

namespace cloudcart::events {
namespace {

/// For the origin, so that what was relayed can be asked as well within an ordinary deadline.
constexpr seconds patience{1};

Deadline limit(Deadline deadline) {
  return std::min<Deadline>(deadline, Executor::current()->now() + patience);
}

}  // namespace

Task<Result<std::int64_t>> RelayedEventLog::end_position(Deadline deadline) {
  auto end = co_await origin_.end_position(limit(deadline));
  if (!end) end = co_await relayed_.end_position(deadline);
  co_return end;
}

Task<Result<std::int64_t>> RelayedEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  auto count = co_await origin_.count_beyond(after, limit(deadline));
  if (!count) count = co_await relayed_.count_beyond(after, deadline);
  co_return count;
}

}  // namespace cloudcart::events
