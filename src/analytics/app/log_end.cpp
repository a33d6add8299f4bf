#include "analytics/app/log_end.h"

#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr milliseconds freshness{100};

}  // namespace

Task<std::int64_t> LogEnd::position(Deadline deadline) {
  const auto now = Executor::current()->now();
  if (now < fresh_until_.load()) co_return end_.load();
  const auto end = co_await log_.end_position(deadline);
  if (end) {
    end_ = *end;
    fresh_until_ = now + freshness;
  }
  co_return end_.load();
}

}  // namespace cloudcart::analytics
