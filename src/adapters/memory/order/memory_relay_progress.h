#pragma once

#include <mutex>

#include "core/clock.h"
#include "events/relay_progress.h"

namespace cloudcart::order {

/// Safe between threads.
class MemoryRelayProgress final : public events::RelayProgress {
 public:
  explicit MemoryRelayProgress(const Clock& clock) : clock_(clock) {}

  Task<Result<events::RelayLease>> hold(std::string holder, milliseconds lease, Deadline) override {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    if (holder_ == holder || held_until_ <= now) {
      holder_ = std::move(holder);
      held_until_ = now + lease;
      co_return events::RelayLease{true, state_};
    }
    co_return events::RelayLease{false, state_};
  }
  Task<Result<bool>> advance(std::string holder, milliseconds lease, events::RelayState state,
                             Deadline) override {
    const std::scoped_lock lock(mutex_);
    if (holder_ != holder || state_.edition != state.edition) co_return false;
    state_ = std::move(state);
    held_until_ = clock_.now() + lease;
    co_return true;
  }
  Task<Status> release(std::string holder, Deadline) override {
    const std::scoped_lock lock(mutex_);
    if (holder_ == holder) {
      holder_.clear();
      held_until_ = {};
    }
    co_return Status{};
  }
  Task<Result<events::RelayState>> start_over(Deadline) override {
    const std::scoped_lock lock(mutex_);
    state_ = {.edition = state_.edition + 1};
    co_return state_;
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::string holder_;
  Timestamp held_until_;
  events::RelayState state_;
};

}  // namespace cloudcart::order
