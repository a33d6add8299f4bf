#pragma once

#include "adapters/sqlite/order/outbox_tail.h"
#include "adapters/sqlite/store/store.h"
#include "events/event_log.h"

namespace cloudcart::order {

/// The outbox of the store "order" as the event log. The store has one writer, which gives out positions
/// inside its transactions, so positions are commit order and a reader never sees a gap fill up. Counts up to
/// `most_counted`.
class SqliteEventLog final : public events::EventLog {
 public:
  static constexpr std::int64_t most_counted = 100'000;

  SqliteEventLog(sqlite::Store& store, OutboxTail& tail) : store_(store), tail_(tail) {}

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  sqlite::Store& store_;
  OutboxTail& tail_;
};

}  // namespace cloudcart::order
