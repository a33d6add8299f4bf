#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "auth/key_set.h"

namespace cloudcart::auth {

/// The keys that are in force in this process. Safe to share between threads.
class KeyRing {
 public:
  explicit KeyRing(KeySet keys) : keys_(std::make_shared<const KeySet>(std::move(keys))) {}

  std::shared_ptr<const KeySet> current() const {
    const std::shared_lock lock(mutex_);
    return keys_;
  }
  void replace(KeySet keys) {
    auto next = std::make_shared<const KeySet>(std::move(keys));
    {
      const std::unique_lock lock(mutex_);
      keys_ = std::move(next);
    }
    ++generation_;
  }
  /// Another one after each replace(): what was found out by earlier keys must be found out again.
  std::uint64_t generation() const { return generation_; }

 private:
  mutable std::shared_mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace cloudcart::auth
