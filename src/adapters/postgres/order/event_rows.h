#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "core/result.h"
#include "events/event_log.h"

namespace cloudcart::order::tables {

/// Up to `limit` events beyond `after`, in order of position, the unsettled ones included.
/// How many there are beyond `after` up to `last`, as far as `most`.
postgres::Query count_log(std::int64_t after, std::int64_t last, std::int64_t most);
postgres::Query select_log(std::int64_t after, std::size_t limit);
/// The events of one order, in order of version.
postgres::Query select_history(const TenantId& tenant, OrderId order_id);

struct ReadEvents {
  std::vector<events::LogRecord> records;
  /// How many of them come before the first that is not settled.
  std::size_t count_settled = 0;
};
/// Errors: internal when an event's order is not there.
Result<ReadEvents> read_events(const postgres::Rows& rows);

}  // namespace cloudcart::order::tables
