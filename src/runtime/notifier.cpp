#include "runtime/notifier.h"

#include <atomic>

namespace cloudcart {

struct Notifier::Waiter {
  Resolver<bool> resolve;
  std::atomic<bool> settled{false};

  /// The timer and the notification race; the first one wins.
  void settle(bool notified) {
    if (!settled.exchange(true)) resolve(notified);
  }
};

Notifier::Ticket Notifier::ticket() const {
  const std::scoped_lock lock(mutex_);
  return generation_;
}

void Notifier::notify_all() {
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::scoped_lock lock(mutex_);
    ++generation_;
    waiters.swap(waiters_);
  }
  for (const auto& waiter : waiters) waiter->settle(true);
}

Task<bool> Notifier::wait(Ticket seen, MonotonicTime until) {
  co_return co_await await_value<bool>([&](Resolver<bool> resolve) {
    auto waiter = std::make_shared<Waiter>(resolve);
    {
      const std::scoped_lock lock(mutex_);
      if (generation_ != seen) {
        waiter->settle(true);
        return;
      }
      // Waiters that timed out are swept here, so that a notifier that never fires stays small.
      std::erase_if(waiters_, [](const auto& old) { return old->settled.load(); });
      waiters_.push_back(waiter);
    }
    if (until != MonotonicTime::max())
      Executor::current()->post_at(until, [waiter] { waiter->settle(false); });
  });
}

}  // namespace cloudcart
