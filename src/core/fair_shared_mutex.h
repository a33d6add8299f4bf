#pragma once

#include <mutex>
#include <shared_mutex>

namespace cloudcart {

/// A std::shared_mutex that overlapping readers cannot keep from a writer for ever, as they can with glibc's.
/// Who waits to write stands in the door, so that readers who come later wait behind.
class FairSharedMutex {
 public:
  void lock() {
    const std::scoped_lock in_the_door(door_);
    mutex_.lock();
  }
  void unlock() { mutex_.unlock(); }
  void lock_shared() {
    const std::scoped_lock in_the_door(door_);
    mutex_.lock_shared();
  }
  void unlock_shared() { mutex_.unlock_shared(); }

 private:
  std::mutex door_;
  std::shared_mutex mutex_;
};

}  // namespace cloudcart
