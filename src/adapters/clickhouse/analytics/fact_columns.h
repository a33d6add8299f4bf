#pragma once

#include <map>
#include <memory>
#include <shared_mutex>

#include "adapters/clickhouse/analytics/generations.h"
#include "adapters/clickhouse/analytics/logged_events.h"
#include "adapters/clickhouse/store/turnstile.h"
#include "analytics/columns/event_replay.h"
#include "core/fair_shared_mutex.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"
#include "runtime/offload_pool.h"

namespace cloudcart::analytics {

/// The generation that is asked, as columns in this process's memory: made of `logged_event` alone, whoever wrote it, and at a
/// question as far in the log as what is stored, so that all processes answer alike. Beyond `max_bytes` there are none, and the
/// server answers.
class FactColumns {
 public:
  struct Options {
    TimeZone days;  ///< whose days have rollups; those of others are exact too, only costlier
    std::uint64_t max_bytes = 0;
    /// In positions, that a question waits for; what is further behind is caught up with in the background.
    std::int64_t short_distance = 0;
  };
  FactColumns(clickhouse::Store& store, Generations& generations, OffloadPool& readers, Options options);
  ~FactColumns();
  FactColumns(const FactColumns&) = delete;
  FactColumns& operator=(const FactColumns&) = delete;

  /// Runs `look` (const ShopMemory*, std::int64_t position → Result<T>) on a reader thread; no memory is a shop of which
  /// nothing is known. nullopt when the columns are not there, or a long way behind `state`. On the store's thread.
  template <class T, class Look>
  Task<Result<std::optional<T>>> look(Generations::State state, TenantId tenant, Deadline deadline,
                                      Look look) {
    CLOUDCART_CO_TRY(const bool there, co_await reach(state, deadline));
    if (!there) co_return std::nullopt;
    co_return co_await readers_.run(deadline, [&]() -> Result<std::optional<T>> {
      const std::shared_lock lock(mutex_);
      if (!is_as_far_as(state)) return std::nullopt;
      const auto shop = memory_->shops.find(tenant);
      return look(shop == memory_->shops.end() ? nullptr : &shop->second->memory(), memory_->position);
    });
  }

  /// An estimate, of now.
  std::size_t bytes() const;

 private:
  struct Memory {
    std::uint64_t generation = 0;
    std::int64_t settled_letters = 0;
    std::int64_t position = 0;
    std::map<TenantId, std::unique_ptr<EventReplay>> shops;
    std::size_t bytes() const;
  };

  bool continues_to(const Generations::State& state) const;
  bool is_as_far_as(const Generations::State& state) const;
  /// In positions; 0: it is there. Takes the lock.
  std::int64_t distance_to(const Generations::State& state) const;
  Task<Result<bool>> reach(const Generations::State& state, Deadline deadline);
  Task<Status> catch_up(Generations::State state, Deadline deadline);
  Task<Status> read_up_to(Memory& memory, bool is_asked, std::int64_t position, Deadline deadline);
  void take_in(Memory& memory, const std::vector<events::LogRecord>& records);
  void outgrow(std::uint64_t generation);
  Task<void> follow(BackgroundLoops::StopFlag stop);

  clickhouse::Store& store_;
  Generations& generations_;
  OffloadPool& readers_;
  const Options options_;
  clickhouse::Turnstile turn_;  ///< who is in changes memory_
  Notifier far_behind_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> bytes_{0};
  std::optional<std::uint64_t> outgrown_;  ///< the generation that is too large; of the store's thread
  mutable FairSharedMutex mutex_;
  std::unique_ptr<Memory>
      memory_;  ///< guarded by mutex_; changed on the store's thread or, in turn, on a reader's
  BackgroundLoops background_;
};

}  // namespace cloudcart::analytics
