#pragma once

#include "adapters/postgres/order/log_end.h"
#include "adapters/postgres/store/store.h"
#include "order/ports/event_retention.h"

namespace cloudcart::order {

/// Over the store "order". Of several processes that compact at once one does at a time.
class PostgresEventRetention final : public EventRetention {
 public:
  PostgresEventRetention(postgres::Store& store, LogEnd& end) : store_(store), end_(end) {}
  Task<Result<Compaction>> compact(Timestamp before, std::size_t limit, Deadline deadline) override;

 private:
  postgres::Store& store_;
  LogEnd& end_;
};

}  // namespace cloudcart::order
