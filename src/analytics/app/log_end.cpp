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

Task<std::int64_t> LogEnd::behind(std::int64_t position, Deadline deadline) {
  if (position >= co_await this->position(deadline)) co_return 0;
  const auto now = Executor::current()->now();
  const auto known = [&] {
    const std::scoped_lock lock(mutex_);
    return counted_;
  }();
  if (now < known.fresh_until && position >= known.position) co_return known.events;
  const auto count = co_await log_.count_beyond(position, deadline);
  if (!count) co_return known.events;
  const std::scoped_lock lock(mutex_);
  if (position >= counted_.position) counted_ = {position, *count, now + freshness};
  co_return *count;
}

}  // namespace cloudcart::analytics
