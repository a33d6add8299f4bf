#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "adapters/sqlite/store/store.h"
#include "events/event_log.h"
#include "runtime/notifier.h"

namespace cloudcart::order {

/// The newest events of the outbox, kept in memory as they commit, so that those who follow the log closely
/// need not read back what this process has just written. Bounded; who is further behind reads the store.
/// Safe between threads.
class OutboxTail {
 public:
  using Event = std::shared_ptr<const events::OrderEvent>;

  /// What is kept at most: so many events, with so many lines in all.
  struct Bounds {
    std::size_t events = 4096;
    std::size_t lines = 32'768;
  };

  /// Takes the store's on_commit for itself: to be made before the first write. Of a store that is only read,
  /// another process may be writing, so nothing is known of its end and nothing is kept.
  explicit OutboxTail(sqlite::Store& store);
  OutboxTail(sqlite::Store& store, Bounds bounds);

  /// An event whose transaction has committed; called in order of position.
  void publish(std::int64_t position, Event event);
  /// Many have committed, up to `position`, which are not worth keeping.
  void pass(std::int64_t position);

  /// Some events have been removed from the store; those kept may be among them.
  void forget();

  /// Up to `limit` records beyond `after`; nullopt when the store has to be asked.
  std::optional<std::vector<events::LogRecord>> read(std::int64_t after, std::size_t limit) const;
  /// The newest position; nullopt when the store has to be asked.
  std::optional<std::int64_t> end() const;
  /// Fires after each transaction of the store.
  Notifier& committed() { return *committed_; }

 private:
  void drop_all();

  struct Entry {
    std::int64_t position;
    Event event;
  };

  const Bounds bounds_;
  const bool follows_;  ///< false: the store is only read
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;  ///< every event beyond begin_ up to end_
  std::size_t lines_ = 0;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  /// Shared with the store's callback, which may outlive the tail.
  std::shared_ptr<Notifier> committed_ = std::make_shared<Notifier>();
};

}  // namespace cloudcart::order
