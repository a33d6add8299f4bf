#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/executor.h"

namespace cloudcart {

/// Lets one caller at a time load what a cache is missing, while the others with the same key wait and then
/// look into the cache again. The answer itself is not handed on: a load that began before a waiter's own
/// write would show it what was there before. Safe between threads.
class SingleFlight {
 public:
  /// Held by the one who loads; its end wakes those who wait.
  class Turn {
   public:
    Turn() = default;
    Turn(SingleFlight& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (owner_) owner_->finish(key_);
    }
    bool leads() const { return owner_ != nullptr; }

   private:
    SingleFlight* owner_ = nullptr;
    std::string key_;
  };

  /// A turn that leads when nobody loads `key`; else, once the present load has ended, one that does not.
  Task<Turn> enter(std::string key);

 private:
  using Waiters = std::vector<Resolver<bool>>;

  void finish(const std::string& key);

  std::mutex mutex_;
  std::unordered_map<std::string, Waiters> loading_;
};

}  // namespace cloudcart
