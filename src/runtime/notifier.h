#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/executor.h"

namespace cloudcart {

/// Wakes coroutines that wait for something to change. Safe between threads. To miss nothing, take ticket()
/// before looking at the state, and wait with that ticket: a change in between makes the wait end at once.
class Notifier {
 public:
  using Ticket = std::uint64_t;

  Ticket ticket() const;
  void notify_all();
  /// Ends at the next notify_all() after `seen` was taken (true), or at `until` (false).
  Task<bool> wait(Ticket seen, MonotonicTime until);

 private:
  struct Waiter;
  mutable std::mutex mutex_;
  Ticket generation_ = 0;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace cloudcart
