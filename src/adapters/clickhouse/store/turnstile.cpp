#include "adapters/clickhouse/store/turnstile.h"

#include "runtime/metrics.h"

namespace cloudcart::clickhouse {
namespace {

Error all_busy() {
  return {ErrorCode::overloaded, "Too many questions to ClickHouse at once; try again in a moment.", {}};
}

}  // namespace

void Turnstile::measure(Metrics& metrics) const {
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.gauge(name, help, {}, [read] { return static_cast<double>(read()); });
  };
  gauge("cloudcart_clickhouse_statements", "Statements that are with ClickHouse.",
        [this] { return inside_ - free_.load(); });
  gauge("cloudcart_clickhouse_statements_limit", "Statements that may be with ClickHouse at a time.",
        [this] { return inside_; });
  gauge("cloudcart_clickhouse_waiting", "Statements that wait for others to end.",
        [this] { return waiting_now_.load(); });
  gauge("cloudcart_clickhouse_waiting_limit", "Statements that may wait; more are refused.",
        [this] { return waiting_bound_; });
  metrics.total("cloudcart_clickhouse_refused_total",
                "Statements that were refused: too many waited, or for too long.", {},
                [this] { return static_cast<double>(refused_.load()); });
}

Task<Result<Turnstile::Pass>> Turnstile::enter(MonotonicTime until) {
  if (free_ > 0) {
    --free_;
    co_return Pass(*this);
  }
  if (waiting_.size() >= waiting_bound_) {
    ++refused_;
    co_return std::unexpected(all_busy());
  }
  const bool let_in = co_await await_value<bool>([this, until](Resolver<bool> resolve) {
    auto waiter = std::make_shared<Waiter>(resolve);
    waiting_.push_back(waiter);
    waiting_now_ = waiting_.size();
    executor_.post_at(until, [this, waiter] {
      if (std::exchange(waiter->settled, true)) return;
      std::erase(waiting_, waiter);
      waiting_now_ = waiting_.size();
      ++refused_;
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
    waiting_now_ = waiting_.size();
    if (std::exchange(waiter->settled, true)) continue;
    waiter->resolve(true);
    return;
  }
  ++free_;
}

}  // namespace cloudcart::clickhouse
