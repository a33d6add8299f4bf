#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace cloudcart {

/// Lets many threads read a structure without locks while others change it: what is no longer reachable is
/// retired, and freed once everybody who may still be looking at it has left (epoch-based reclamation: Fraser,
/// "Practical lock-freedom", Cambridge 2004).
///
/// A reader holds a Guard from before it loads the first pointer until after its last look; it never waits for
/// a writer. Guards may be nested and must be short: while one is held nothing that is retired is freed.
class Epochs {
 public:
  class Guard {
   public:
    explicit Guard(std::atomic<std::uint64_t>& slot) : slot_(slot) {}
    ~Guard() { slot_.store(0, std::memory_order_release); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    std::atomic<std::uint64_t>& slot_;
  };

  Epochs() = default;
  Epochs(const Epochs&) = delete;
  Epochs& operator=(const Epochs&) = delete;
  ~Epochs() {
    for (const auto& object : retired_) object.free(object.address);
  }

  [[nodiscard]] Guard enter() const {
    // Each thread starts looking at a place of its own, so that a free slot is mostly found at once and stays
    // in its core's cache.
    static std::atomic<std::size_t> next_thread{0};
    thread_local const std::size_t home = next_thread.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t tried = 0;; ++tried) {
      auto& slot = slots_[(home + tried) % slots_.size()].epoch;
      std::uint64_t free = 0;
      // Sequentially consistent: either free_unseen() sees this reader, or this reader sees what was unlinked
      // before free_unseen() looked.
      if (slot.load(std::memory_order_relaxed) == 0 &&
          slot.compare_exchange_strong(free, epoch_.load(std::memory_order_acquire))) {
        std::atomic_thread_fence(std::memory_order_seq_cst);
        return Guard(slot);
      }
      if (tried % slots_.size() == slots_.size() - 1) std::this_thread::yield();
    }
  }

  /// Frees `object`, by `free`, when nobody can see it any more. It is already out of the readers' reach.
  void retire(void* object, void (*free)(void*)) {
    const std::scoped_lock lock(mutex_);
    retired_.push_back({object, free, epoch_.load(std::memory_order_relaxed)});
    if (retired_.size() >= collect_at_) free_unseen();
  }
  template <class T>
  void retire(const T* object) {
    if (object) retire(const_cast<T*>(object), [](void* address) { delete static_cast<T*>(address); });
  }
  /// Frees what nobody can see any more. Retiring does so now and then; this is for those who retired something
  /// that is too large to wait.
  void collect() {
    const std::scoped_lock lock(mutex_);
    free_unseen();
  }

 private:
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch{0};  ///< in which its reader came; 0: free
  };
  struct Retired {
    void* address;
    void (*free)(void*);
    std::uint64_t epoch;
  };
  static constexpr std::size_t collect_every = 64;

  void free_unseen() {
    const auto now = epoch_.fetch_add(1);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    auto oldest = now + 1;
    for (const auto& slot : slots_)
      if (const auto epoch = slot.epoch.load(); epoch != 0) oldest = std::min(oldest, epoch);
    std::erase_if(retired_, [oldest](const Retired& object) {
      if (object.epoch >= oldest) return false;
      object.free(object.address);
      return true;
    });
    // A reader that stays long must not make every retirement look through all of them.
    collect_at_ = retired_.size() * 2 + collect_every;
  }

  mutable std::array<Slot, 64> slots_;
  std::atomic<std::uint64_t> epoch_{1};
  std::mutex mutex_;
  std::vector<Retired> retired_;
  std::size_t collect_at_ = collect_every;
};

}  // namespace cloudcart
