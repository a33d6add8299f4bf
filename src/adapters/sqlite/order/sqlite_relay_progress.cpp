#include "adapters/sqlite/order/sqlite_relay_progress.h"

namespace cloudcart::order {
namespace {

using sqlite::Connection;

#define CLOUDCART_NOW_MS "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

events::RelayState state_in(Connection& connection) {
  auto row = connection.prepare("SELECT position, edition, mark FROM relay_progress");
  row.step();
  return {.position = row.integer(0), .edition = row.integer(1), .mark = row.string(2)};
}

}  // namespace

Task<Result<events::RelayLease>> SqliteRelayProgress::hold(std::string holder, milliseconds lease,
                                                           Deadline deadline) {
  co_return co_await store_.write(
      deadline, [holder, lease](Connection& connection) -> Result<events::RelayLease> {
        connection
            .prepare("UPDATE relay_progress SET holder = ?1, held_until = " CLOUDCART_NOW_MS
                     " + ?2 WHERE holder = ?1 OR held_until <= " CLOUDCART_NOW_MS)
            .bind_all(holder, static_cast<std::int64_t>(lease.count()))
            .run();
        const bool held = connection.changes() == 1;
        return events::RelayLease{held, state_in(connection)};
      });
}

Task<Result<bool>> SqliteRelayProgress::advance(std::string holder, milliseconds lease,
                                                events::RelayState state, Deadline deadline) {
  co_return co_await store_.write(deadline, [holder, lease, state](Connection& connection) -> Result<bool> {
    connection
        .prepare("UPDATE relay_progress SET position = ?, mark = ?, held_until = " CLOUDCART_NOW_MS
                 " + ? WHERE holder = ? AND edition = ?")
        .bind_all(state.position, state.mark, static_cast<std::int64_t>(lease.count()), holder, state.edition)
        .run();
    return connection.changes() == 1;
  });
}

Task<Status> SqliteRelayProgress::release(std::string holder, Deadline deadline) {
  co_return co_await store_.write(deadline, [holder](Connection& connection) -> Status {
    connection.prepare("UPDATE relay_progress SET holder = '', held_until = 0 WHERE holder = ?")
        .bind(holder)
        .run();
    return {};
  });
}

Task<Result<events::RelayState>> SqliteRelayProgress::start_over(Deadline deadline) {
  co_return co_await store_.write(deadline, [](Connection& connection) -> Result<events::RelayState> {
    connection.prepare("UPDATE relay_progress SET position = 0, mark = '', edition = edition + 1").run();
    return state_in(connection);
  });
}

}  // namespace cloudcart::order
