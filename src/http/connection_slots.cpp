#include "http/connection_slots.h"

namespace cloudcart::http {

Task<std::optional<ConnectionSlots::Slot>> ConnectionSlots::take(MonotonicTime until,
                                                                 std::shared_ptr<Cancellation> cancellation) {
  if (is_given_up(cancellation)) co_return std::nullopt;
  {
    const std::scoped_lock lock(mutex_);
    if (in_use_ < most_) {
      ++in_use_;
      co_return Slot{*this};
    }
    if (waiting_.size() >= most_waiting_) co_return std::nullopt;
  }
  if (!co_await wait(until, std::move(cancellation))) co_return std::nullopt;
  co_return Slot{*this};
}

Task<bool> ConnectionSlots::wait(MonotonicTime until, std::shared_ptr<Cancellation> cancellation) {
  std::shared_ptr<Waiter> waiter;
  // Refers to the waiter that there will be, since what waits is made after it.
  const Cancellation::Scope scope(std::move(cancellation), [this, &waiter] {
    if (waiter) stop_waiting(waiter);
  });
  co_return co_await await_value<bool>([&](Resolver<bool> resolve) {
    waiter = std::make_shared<Waiter>(resolve);
    begin_to_wait(waiter);
    if (until != MonotonicTime::max())
      Executor::current()->post_at(until, [this, weak = std::weak_ptr{waiter}] {
        if (const auto late = weak.lock()) stop_waiting(late);
      });
  });
}

void ConnectionSlots::begin_to_wait(const std::shared_ptr<Waiter>& waiter) {
  const std::scoped_lock lock(mutex_);
  if (in_use_ < most_) {
    // Given back since it was looked for.
    ++in_use_;
    waiter->settled = true;
    waiter->resolve(true);
    return;
  }
  waiting_.push_back(waiter);
}

void ConnectionSlots::stop_waiting(const std::shared_ptr<Waiter>& waiter) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(waiter->settled, true)) return;
  std::erase(waiting_, waiter);
  waiter->resolve(false);
}

void ConnectionSlots::give_back() {
  const std::scoped_lock lock(mutex_);
  if (waiting_.empty()) {
    --in_use_;
    return;
  }
  const auto next = std::move(waiting_.front());
  waiting_.pop_front();
  next->settled = true;
  next->resolve(true);
}

std::size_t ConnectionSlots::in_use() const {
  const std::scoped_lock lock(mutex_);
  return in_use_;
}

std::size_t ConnectionSlots::waiting() const {
  const std::scoped_lock lock(mutex_);
  return waiting_.size();
}

}  // namespace cloudcart::http
