#include "events/relayed_log.h"

#include <algorithm>

#include "runtime/executor.h"

namespace cloudcart::events {
namespace {

/// For the origin, so that what was relayed can be counted as well within an ordinary deadline.
constexpr seconds patience{1};

}  // namespace

Task<Result<std::int64_t>> RelayedEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  auto count = co_await origin_.count_beyond(
      after, std::min<Deadline>(deadline, Executor::current()->now() + patience));
  if (!count) count = co_await relayed_.count_beyond(after, deadline);
  co_return count;
}

}  // namespace cloudcart::events
