#include "adapters/sqlite/order/sqlite_event_retention.h"

#include "core/caller.h"
#include "order/domain/order.h"

namespace cloudcart::order {
namespace {

using sqlite::Connection;

/// The last event of a finished order.
struct LastEvent {
  TenantId tenant;
  OrderId order_id;
  std::int64_t version;
};

struct Examined {
  std::int64_t up_to = 0;
  std::size_t count = 0;
  std::vector<LastEvent> last_events;
};

Examined examine(Connection& connection, Timestamp before, std::size_t limit) {
  auto row = connection.prepare(
      "SELECT position, tenant, order_id, version, status, occurred_at FROM outbox WHERE position > "
      "(SELECT position FROM outbox_compaction) ORDER BY position LIMIT ?");
  row.bind(static_cast<std::int64_t>(limit));
  Examined examined;
  while (row.step() && row.timestamp(5) < before) {
    ++examined.count;
    examined.up_to = row.integer(0);
    if (is_final(parse_order_status(row.text(4)).value()))
      examined.last_events.push_back({TenantId{row.string(1)}, row.id<OrderId>(2), row.integer(3)});
  }
  return examined;
}

std::int64_t remove_between(Connection& connection, const LastEvent& last) {
  connection
      .prepare(
          "DELETE FROM outbox WHERE tenant = ? AND order_id = ? AND version > 1 AND version < ?"
          " AND status <> 'shipped'")
      .bind_all(last.tenant.value, last.order_id, last.version)
      .run();
  return connection.changes();
}

}  // namespace

Task<Result<Compaction>> SqliteEventRetention::compact(Timestamp before, std::size_t limit,
                                                       Deadline deadline) {
  const auto compact_some = [before, limit](Connection& connection) -> Result<Compaction> {
    const auto examined = examine(connection, before, limit);
    if (examined.count == 0) return Compaction{};
    Compaction done{.more = examined.count == limit};
    for (const auto& last : examined.last_events) done.removed += remove_between(connection, last);
    connection.prepare("UPDATE outbox_compaction SET position = ?").bind(examined.up_to).run();
    return done;
  };
  co_return co_await store_.write(deadline, compact_some, [this](const Compaction& done) {
    if (done.removed > 0) tail_.forget();
  });
}

}  // namespace cloudcart::order
