#include "adapters/clickhouse/store/turnstile.h"

namespace cloudcart::clickhouse {
namespace {

Error all_busy() {
  return {ErrorCode::overloaded, "Too many questions to ClickHouse at once; try again in a moment.", {}};
}

}  // namespace

Task<Result<Turnstile::Pass>> Turnstile::enter(MonotonicTime until) {
  if (free_ > 0) {
    --free_;
    co_return Pass(*this);
  }
  if (waiting_.size() >= waiting_bound_) co_return std::unexpected(all_busy());
  const bool let_in = co_await await_value<bool>([this, until](Resolver<bool> resolve) {
    auto waiter = std::make_shared<Waiter>(resolve);
    waiting_.push_back(waiter);
    executor_.post_at(until, [this, waiter] {
      if (std::exchange(waiter->settled, true)) return;
      std::erase(waiting_, waiter);
      waiter->resolve(false);
    });
  });
  if (!let_in) co_return std::unexpected(all_busy());
  co_return Pass(*this);
}

void Turnstile::leave() {
  while (!waiting_.empty()) {
    auto waiter = std::move(waiting_.front());
    waiting_.pop_front();
    if (std::exchange(waiter->settled, true)) continue;
    waiter->resolve(true);
    return;
  }
  ++free_;
}

}  // namespace cloudcart::clickhouse
