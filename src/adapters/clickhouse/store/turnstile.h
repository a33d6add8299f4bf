#pragma once

#include <deque>
#include <memory>

#include "core/result.h"
#include "runtime/executor.h"

namespace cloudcart::clickhouse {

/// Lets so many in at once and so many wait, first come, first served. Lives on one executor, and is used on its thread alone.
class Turnstile {
 public:
  Turnstile(Executor& executor, std::size_t inside, std::size_t waiting)
      : executor_(executor), free_(inside), waiting_bound_(waiting) {}

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
  std::size_t free_;
  const std::size_t waiting_bound_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace cloudcart::clickhouse
