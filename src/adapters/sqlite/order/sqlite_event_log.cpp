#include "adapters/sqlite/order/sqlite_event_log.h"

#include "adapters/sqlite/order/order_rows.h"

namespace cloudcart::order {

using sqlite::Connection;

Task<Result<std::vector<events::LogRecord>>> SqliteEventLog::read(std::int64_t after, std::size_t limit,
                                                                  Deadline deadline) {
  if (auto recent = tail_.read(after, limit)) co_return *std::move(recent);
  co_return co_await store_.read(
      deadline, [after, limit](Connection& connection) { return rows::read_log(connection, after, limit); });
}

Task<Result<std::int64_t>> SqliteEventLog::end_position(Deadline deadline) {
  if (const auto end = tail_.end()) co_return *end;
  co_return co_await store_.read(deadline, [](Connection& connection) -> Result<std::int64_t> {
    auto row = connection.prepare("SELECT max(position) FROM outbox");
    row.step();
    return row.integer(0);
  });
}

Task<Result<std::int64_t>> SqliteEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  if (const auto end = tail_.end(); end && *end <= after) co_return 0;
  co_return co_await store_.read(deadline, [after](Connection& connection) -> Result<std::int64_t> {
    auto row = connection.prepare("SELECT count(*) FROM (SELECT 1 FROM outbox WHERE position > ? LIMIT ?)");
    row.bind_all(after, most_counted).step();
    return row.integer(0);
  });
}

Task<bool> SqliteEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto ticket = tail_.committed().ticket();
    // Where the end cannot be read there is nothing to tell; the next commit or `until` ends the wait.
    const auto end = co_await end_position(until);
    if (end && *end > after) co_return true;
    if (!co_await tail_.committed().wait(ticket, until)) co_return false;
  }
}

}  // namespace cloudcart::order
