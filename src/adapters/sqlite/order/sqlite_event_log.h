#pragma once

#include <memory>

#include "adapters/sqlite/store/store.h"
#include "events/event_log.h"
#include "runtime/notifier.h"

namespace cloudcart::order {

/// The outbox of the store "order" as the event log. The store has one writer, which gives out positions
/// inside its transactions, so positions are commit order and a reader never sees a gap fill up.
class SqliteEventLog final : public events::EventLog {
 public:
  /// Takes the store's on_commit for itself: to be made before the first write.
  explicit SqliteEventLog(sqlite::Store& store);

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  sqlite::Store& store_;
  /// Shared with the store's callback, which outlives the log.
  std::shared_ptr<Notifier> committed_ = std::make_shared<Notifier>();
};

}  // namespace cloudcart::order
