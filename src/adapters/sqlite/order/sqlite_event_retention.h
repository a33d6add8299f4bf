#pragma once

#include "adapters/sqlite/order/outbox_tail.h"
#include "adapters/sqlite/store/store.h"
#include "order/ports/event_retention.h"

namespace cloudcart::order {

/// Over the outbox of the store "order".
class SqliteEventRetention final : public EventRetention {
 public:
  SqliteEventRetention(sqlite::Store& store, OutboxTail& tail) : store_(store), tail_(tail) {}
  Task<Result<Compaction>> compact(Timestamp before, std::size_t limit, Deadline deadline) override;

 private:
  sqlite::Store& store_;
  OutboxTail& tail_;
};

}  // namespace cloudcart::order
