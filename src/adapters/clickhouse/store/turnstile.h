#pragma once

#include <atomic>
#include <deque>
#include <memory>

#include "core/result.h"
#include "runtime/executor.h"

namespace cloudcart {
class Metrics;
}

namespace cloudcart::clickhouse {

/// Lets so many in at once and so many wait, first come, first served. Lives on one executor, and is used on its thread alone.
class Turnstile {
 public:
  Turnstile(Executor& executor, std::size_t inside, std::size_t waiting)
      : executor_(executor), inside_(inside), free_(inside), waiting_bound_(waiting) {}
  /// Shows how many are inside and wait. It must live as long as anybody asks.
  void measure(Metrics& metrics) const;

  /// Who holds one is inside.
  class Pass {
   public:
    explicit Pass(Turnstile& turnstile) : turnstile_(&turnstile) {}
    Pass(Pass&& other) noexcept : turnstile_(std::exchange(other.turnstile_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (turnstile_) turnstile_->leave();
    }

   private:
    Turnstile* turnstile_;
  };

  /// Errors: overloaded when too many wait, or nobody leaves by `until`.
  Task<Result<Pass>> enter(MonotonicTime until);

 private:
  struct Waiter {
    explicit Waiter(Resolver<bool> r) : resolve(r) {}
    Resolver<bool> resolve;
    bool settled = false;
  };

  void leave();

  Executor& executor_;
  const std::size_t inside_;
  std::atomic<std::size_t> free_;  ///< changed on the executor alone
  const std::size_t waiting_bound_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
  std::atomic<std::size_t> waiting_now_{0};  ///< as many as waiting_ holds
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace cloudcart::clickhouse
