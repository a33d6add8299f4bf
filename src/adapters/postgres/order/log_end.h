#pragma once

#include <cstdint>
#include <mutex>

#include "adapters/postgres/store/store.h"
#include "core/caller.h"
#include "runtime/notifier.h"

namespace cloudcart::order {

/// Where the log of the store "order" ends, for those who read it and wait for more. One for all adapters of a store.
/// Safe between threads.
class LogEnd {
 public:
  /// Sees to it that positions go on upwards when the log was restored on a server with younger transactions. Throws
  /// std::runtime_error with a sentence for the operator.
  ///
  /// Transactions take milliseconds: one that takes longer than `longest_settling` is no reason to keep a reader.
  explicit LogEnd(postgres::Store& store, milliseconds longest_settling = milliseconds{500});

  /// The newest position that can be read; 0 when there is none. Waits a moment for transactions that keep what was
  /// committed before the call from being read.
  Task<Result<std::int64_t>> newest(Deadline deadline);
  /// Waits a moment until what was committed up to `position` can be read.
  Task<Result<std::int64_t>> reach(std::int64_t position, Deadline deadline);
  /// Waits until there is something to read beyond `after` (true), or until `until` (false).
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until);
  /// Whether many transactions lie beyond `after`, with events or without, as far as is known here.
  bool is_far_beyond(std::int64_t after) const;
  /// A transaction of this process with events has committed.
  void announce() { committed_.notify_all(); }

 private:
  struct Seen {
    std::int64_t committed = 0;
    std::int64_t readable = 0;
  };
  Task<Result<Seen>> look(Deadline deadline);
  /// Looks, unless someone does or has just done so, and nothing was announced since.
  Task<void> look_together(Notifier::Ticket announced, MonotonicTime until);
  std::int64_t readable() const;

  postgres::Store& store_;
  const milliseconds longest_settling_;
  Notifier committed_;
  Notifier looked_;
  mutable std::mutex mutex_;
  std::int64_t readable_ = 0;  ///< known to be
  bool looking_ = false;
  Notifier::Ticket look_saw_ = 0;  ///< what had been announced when the last look began
  MonotonicTime look_began_ = MonotonicTime::min();
};

}  // namespace cloudcart::order
