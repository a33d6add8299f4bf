#include "adapters/sqlite/order/sqlite_event_log.h"

#include "adapters/sqlite/order/order_rows.h"

namespace cloudcart::order {

using sqlite::Connection;

SqliteEventLog::SqliteEventLog(sqlite::Store& store) : store_(store) {
  store_.on_commit([committed = committed_] { committed->notify_all(); });
}

Task<Result<std::vector<events::LogRecord>>> SqliteEventLog::read(std::int64_t after, std::size_t limit,
                                                                  Deadline deadline) {
  using Records = std::vector<events::LogRecord>;
  co_return co_await store_.read(deadline, [after, limit](Connection& connection) -> Result<Records> {
    auto row =
        connection.prepare("SELECT position, event FROM outbox WHERE position > ? ORDER BY position LIMIT ?");
    row.bind_all(after, static_cast<std::int64_t>(limit));
    Records records;
    while (row.step()) {
      CLOUDCART_TRY(auto event, rows::read_event(row, 1));
      records.push_back({row.integer(0), std::move(event)});
    }
    return records;
  });
}

Task<Result<std::int64_t>> SqliteEventLog::end_position(Deadline deadline) {
  co_return co_await store_.read(deadline, [](Connection& connection) -> Result<std::int64_t> {
    auto row = connection.prepare("SELECT max(position) FROM outbox");
    row.step();
    return row.integer(0);
  });
}

Task<bool> SqliteEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto ticket = committed_->ticket();
    // Where the end cannot be read there is nothing to tell; the next commit or `until` ends the wait.
    const auto end = co_await end_position(until);
    if (end && *end > after) co_return true;
    if (!co_await committed_->wait(ticket, until)) co_return false;
  }
}

}  // namespace cloudcart::order
