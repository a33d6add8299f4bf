#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "http/cancellation.h"
#include "runtime/executor.h"

namespace cloudcart::http {

/// Bounds how many requests are with a server at a time. Others wait, first come, first served, and their number is
/// bounded too. Safe between threads; each waits on its own executor.
class ConnectionSlots {
 public:
  ConnectionSlots(std::size_t most, std::size_t most_waiting) : most_(most), most_waiting_(most_waiting) {}
  ConnectionSlots(const ConnectionSlots&) = delete;
  ConnectionSlots& operator=(const ConnectionSlots&) = delete;

  /// Given back by its end. The slots must outlive it.
  class Slot {
   public:
    explicit Slot(ConnectionSlots& slots) : slots_(&slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    ~Slot() {
      if (slots_) slots_->give_back();
    }

   private:
    ConnectionSlots* slots_;
  };

  /// Nullopt when too many wait already, when none was given back by `until`, or when the request was given up.
  Task<std::optional<Slot>> take(MonotonicTime until, std::shared_ptr<Cancellation> cancellation = nullptr);
  std::size_t in_use() const;
  std::size_t waiting() const;

 private:
  struct Waiter {
    explicit Waiter(Resolver<bool> r) : resolve(r) {}
    Resolver<bool> resolve;
    bool settled = false;
  };

  Task<bool> wait(MonotonicTime until, std::shared_ptr<Cancellation> cancellation);
  void begin_to_wait(const std::shared_ptr<Waiter>& waiter);
  void stop_waiting(const std::shared_ptr<Waiter>& waiter);
  void give_back();

  const std::size_t most_;
  const std::size_t most_waiting_;
  mutable std::mutex mutex_;
  std::size_t in_use_ = 0;
  std::deque<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace cloudcart::http
