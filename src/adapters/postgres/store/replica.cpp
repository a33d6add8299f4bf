#include "adapters/postgres/store/replica.h"

#include <spdlog/spdlog.h>

namespace cloudcart::postgres {
namespace {

constexpr milliseconds first_pause{1}, longest_pause{16};
constexpr milliseconds look_limit{1'000};
constexpr seconds look_interval{1};

/// What a session sees was on disk before it could be seen, since commits are synchronous.
const Query primary_place{
    "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint,"
    " (SELECT system_identifier FROM pg_control_system())",
    {}};
const Query replica_place{
    "SELECT pg_is_in_recovery(), coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), 0)::bigint,"
    " (SELECT system_identifier FROM pg_control_system())",
    {}};

Task<Rows> ask(Connection& connection, const Query& query, MonotonicTime until) {
  connection.wait_until(until);
  auto answers = co_await connection.exchange({&query});
  co_return std::move(answers.front());
}

}  // namespace

Replica::Replica(EventLoop& loop, Pool& primary, PoolOptions options, milliseconds wait, Metrics& metrics,
                 const std::string& store)
    : loop_(loop), primary_(primary), pool_(loop, std::move(options), metrics, store), wait_(wait) {
  metrics.gauge("cloudcart_postgres_replica_behind_bytes",
                "How much of the server's log the replica had not replayed when it was asked last.",
                {{"store", store}}, [this] { return static_cast<double>(behind_.load()); });
}

Task<std::optional<Replica::Place>> Replica::place_of_primary(MonotonicTime until) {
  auto lease = co_await primary_.acquire(until);
  if (!lease) co_return std::nullopt;
  try {
    const auto rows = co_await ask(lease->connection(), primary_place, until);
    co_return Place{rows[0].integer(0), rows[0].integer(1)};
  } catch (const Failure&) {
    // Who asks the primary next finds out what is the matter.
  }
  co_return std::nullopt;
}

Task<std::string> Replica::reach(Connection& connection, Place place, MonotonicTime until) {
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    const auto rows = co_await ask(connection, replica_place, until);
    if (!rows[0].boolean(0)) co_return "it is no standby";
    if (rows[0].integer(2) != place.system) co_return "it is a standby of another server";
    behind_ = std::max<std::int64_t>(0, place.in_log - rows[0].integer(1));
    if (behind_ == 0) co_return "";
    if (loop_.now() + pause >= until) co_return "it is behind";
    co_await sleep_until(loop_.now() + pause);
  }
}

Task<Replica::Found> Replica::find(MonotonicTime until) {
  const auto place = co_await place_of_primary(until);
  if (!place) co_return "nobody tells how far it should be";
  auto lease = co_await pool_.acquire(until);
  if (!lease) co_return std::move(lease.error().message);
  std::string why_not;
  try {
    why_not = co_await reach(lease->connection(), *place, until);
  } catch (const Failure& failure) {
    why_not = failure.what();
  }
  if (!why_not.empty()) co_return std::move(why_not);
  co_return *std::move(lease);
}

Task<std::optional<Pool::Lease>> Replica::caught_up(MonotonicTime until) {
  if (!well_) co_return std::nullopt;
  auto found = co_await find(std::min(until, loop_.now() + wait_));
  if (auto* lease = std::get_if<Pool::Lease>(&found)) co_return std::move(*lease);
  distrust(std::get<std::string>(std::move(found)));
  co_return std::nullopt;
}

void Replica::distrust(std::string why) {
  set_well(false, why);
}

Task<void> Replica::look(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    {
      const auto found = co_await find(loop_.now() + look_limit);
      const auto* why_not = std::get_if<std::string>(&found);
      set_well(!why_not, why_not ? *why_not : "");
    }
    co_await stop.sleep_for(look_interval);
  }
}

void Replica::set_well(bool well, const std::string& why_not) {
  if (well_.exchange(well) == well) return;
  if (well)
    spdlog::info("the PostgreSQL replica is asked for reads");
  else
    spdlog::warn("the PostgreSQL replica is left alone: {}", why_not);
}

}  // namespace cloudcart::postgres
