#include "adapters/postgres/order/postgres_relay_progress.h"

namespace cloudcart::order {
namespace {

using postgres::Row;
using postgres::Session;

/// Statements of one transaction see one moment as now(); these must see the present one.
constexpr std::string_view take =
    "UPDATE relay_progress SET holder = $1, held_until = clock_timestamp() + $2 * interval '1 millisecond'"
    " WHERE holder = $1 OR held_until <= clock_timestamp()";
constexpr std::string_view look = "SELECT position, edition, mark FROM relay_progress";

events::RelayState state_of(Row row) {
  return {.position = row.integer(0), .edition = row.integer(1), .mark = row.string(2)};
}

}  // namespace

Task<Result<events::RelayLease>> PostgresRelayProgress::hold(std::string holder, milliseconds lease,
                                                             Deadline deadline) {
  co_return co_await store_.write(
      deadline, [holder, lease](Session& session) -> Task<Result<events::RelayLease>> {
        std::vector<postgres::Query> queries;
        queries.push_back(postgres::query(take, holder, static_cast<std::int64_t>(lease.count())));
        queries.push_back(postgres::query(look));
        const auto answers = co_await session.commit(std::move(queries));
        co_return events::RelayLease{answers[0].affected() == 1, state_of(answers[1][0])};
      });
}

Task<Result<bool>> PostgresRelayProgress::advance(std::string holder, milliseconds lease,
                                                  events::RelayState state, Deadline deadline) {
  co_return co_await store_.write(deadline, [holder, lease, state](Session& session) -> Task<Result<bool>> {
    std::vector<postgres::Query> queries;
    queries.push_back(postgres::query(
        "UPDATE relay_progress SET position = $1, mark = $2,"
        " held_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE holder = $4 AND edition = $5",
        state.position, state.mark, static_cast<std::int64_t>(lease.count()), holder, state.edition));
    const auto answers = co_await session.commit(std::move(queries));
    co_return answers[0].affected() == 1;
  });
}

Task<Status> PostgresRelayProgress::release(std::string holder, Deadline deadline) {
  co_return co_await store_.write(deadline, [holder](Session& session) -> Task<Status> {
    co_await session.run("UPDATE relay_progress SET holder = '', held_until = '-infinity' WHERE holder = $1",
                         holder);
    co_return Status{};
  });
}

Task<Result<events::RelayState>> PostgresRelayProgress::start_over(Deadline deadline) {
  co_return co_await store_.write(deadline, [](Session& session) -> Task<Result<events::RelayState>> {
    const auto rows = co_await session.run(
        "UPDATE relay_progress SET position = 0, mark = '', edition = edition + 1"
        " RETURNING position, edition, mark");
    co_return state_of(rows[0]);
  });
}

}  // namespace cloudcart::order
