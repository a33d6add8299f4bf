#include "adapters/clickhouse/analytics/generations.h"

#include <random>
#include <tuple>

#include <fmt/format.h>

#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {
namespace {

/// Before the first switch.
constexpr std::uint64_t first_generation = 1;

/// What a row of read()'s statement is about; the others are of `progress`.
constexpr std::int64_t switch_row = 1, settled_row = 2;

/// Two processes that begin at the same time must not get one number.
std::uint64_t new_generation() {
  std::random_device random;
  const auto high = std::uint64_t{random()} & 0x3FFFFFFF;
  return (high << 32 | random()) + first_generation + 1;
}

}  // namespace

const GenerationProgress& Generations::State::of(std::uint64_t generation) const {
  static const GenerationProgress nothing;
  const auto found = progress.find(generation);
  return found == progress.end() ? nothing : found->second;
}

Task<Result<Generations::State>> Generations::read(Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask("SELECT toUInt8(1) AS switched, generation, '' AS shop, ordinal AS place,"
                          " toInt64(0) AS last FROM switch"
                          " UNION ALL SELECT toUInt8(0) AS switched, generation, tenant AS shop,"
                          " max(position) AS place, max(last_event_at) AS last FROM progress"
                          " GROUP BY generation, tenant"
                          " UNION ALL SELECT toUInt8(2) AS switched, generation, tenant AS shop,"
                          " toUInt64(uniqExact(position)) AS place, max(event_at) AS last FROM dead_letter"
                          " WHERE settled = 1 GROUP BY generation, tenant",
                          deadline));
  State state{.asked = first_generation};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    const auto generation = row.natural(1);
    if (row.integer(0) == switch_row) {
      // Rows come in any order. Of two switches that were made at the same time, all take the same.
      const auto ordinal = row.natural(3);
      if (std::tie(ordinal, generation) > std::tie(state.ordinal, state.asked)) {
        state.asked = generation;
        state.ordinal = ordinal;
      }
      continue;
    }
    auto& progress = state.progress[generation];
    if (row.integer(0) == settled_row)
      progress.settled_letters += row.integer(3);
    else
      progress.position = std::max(progress.position, row.integer(3));
    const TenantId tenant{row.text(2)};
    if (tenant.value.empty()) continue;
    auto& last = progress.last_event_at.try_emplace(tenant, Timestamp::min()).first->second;
    last = std::max(last, from_unix_ms(row.integer(4)));
  }
  co_return state;
}

Task<Status> Generations::advance(std::uint64_t generation, std::int64_t from, GenerationProgress progress,
                                  Deadline deadline) {
  std::string rows;
  const auto add = [&](std::string_view tenant, std::int64_t last_event_at) {
    rows += fmt::format(
        "{}SELECT toUInt64({}) AS generation, {} AS tenant, toUInt64({}) AS reached, toInt64({}) AS last",
        rows.empty() ? "" : " UNION ALL ", generation, clickhouse::literal(tenant), progress.position,
        last_event_at);
  };
  for (const auto& [tenant, at] : progress.last_event_at) add(tenant.value, to_unix_ms(at));
  if (rows.empty()) add("", 0);
  co_return co_await store_.run(
      fmt::format("INSERT INTO progress SELECT generation, tenant, reached, last FROM ({}) WHERE (SELECT"
                  " max(position) FROM progress WHERE generation = {}) >= {}",
                  rows, generation, from),
      deadline);
}

Task<Result<std::uint64_t>> Generations::begin(Deadline deadline) {
  const auto generation = new_generation();
  CLOUDCART_CO_CHECK(co_await renew(generation, deadline));
  co_return generation;
}

Task<Status> Generations::set_lease(std::uint64_t generation, seconds lease, Deadline deadline) {
  // By the server's clock alone: those of several processes may differ.
  co_return co_await store_.run(fmt::format("INSERT INTO rebuild SELECT toUInt64({0}), 1 + (SELECT "
                                            "max(revision) FROM rebuild WHERE generation = "
                                            "{0}), toUInt64(toUnixTimestamp(now())) + {1}",
                                            generation, lease.count()),
                                deadline);
}

Task<Status> Generations::switch_to(std::uint64_t generation, State before, Deadline deadline) {
  co_return co_await store_.run(
      fmt::format("INSERT INTO switch VALUES ({}, {})", before.ordinal + 1, generation), deadline);
}

Task<Result<bool>> Generations::drop_some(std::optional<std::uint64_t> kept, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto state, co_await read(deadline));
  const auto sql = fmt::format(
      "SELECT table, partition FROM system.parts WHERE database = currentDatabase() AND active = 1"
      " AND table NOT IN ('switch', 'rebuild', 'schema_migration') AND partition NOT IN ('{}', '{}')"
      " AND partition NOT IN (SELECT toString(generation) FROM rebuild GROUP BY generation"
      " HAVING argMax(alive_until, revision) > toUnixTimestamp(now())) ORDER BY table, partition LIMIT 1",
      state.asked, kept.value_or(state.asked));
  CLOUDCART_CO_TRY(const auto found, co_await store_.ask(sql, deadline));
  if (found.size() == 0) co_return false;
  const auto row = found.row(0);
  CLOUDCART_CO_CHECK(co_await store_.run(
      fmt::format("ALTER TABLE {} DROP PARTITION {}", row.text(0), row.text(1)), deadline));
  co_return true;
}

}  // namespace cloudcart::analytics
