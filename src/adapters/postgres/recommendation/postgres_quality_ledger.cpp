#include "adapters/postgres/recommendation/postgres_quality_ledger.h"

#include <fmt/format.h>

#include "recommendation/columns/quality_columns.h"

namespace cloudcart::recommendation {
namespace {

using postgres::Query;
using postgres::query;
using postgres::Session;

Query add_day(const QualityDay& day) {
  const auto& tally = day.tally;
  return query(
      "INSERT INTO quality AS sum(tenant, day, task, cases, hits, gain, baseline_hits, baseline_gain, "
      "discordant)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (tenant, day, task) DO UPDATE SET"
      " cases = sum.cases + $4, hits = sum.hits + $5, gain = sum.gain + $6,"
      " baseline_hits = sum.baseline_hits + $7, baseline_gain = sum.baseline_gain + $8,"
      " discordant = sum.discordant + $9",
      day.tenant.value, number_of(day.day), to_string(day.task), tally.cases, tally.hits, tally.gain,
      tally.baseline_hits, tally.baseline_gain, tally.discordant);
}

Query forget_before(const QualityDay& day) {
  return query("DELETE FROM quality WHERE tenant = $1 AND day <= $2", day.tenant.value,
               number_of(day.day) - QualityLedger::kept_days);
}

}  // namespace

Task<Status> PostgresQualityLedger::add(std::vector<QualityDay> days, Deadline deadline) {
  // In one order for all, so that nobody waits for one who waits for him.
  std::ranges::sort(days, {},
                    [](const QualityDay& day) { return std::tuple{day.tenant, day.day, day.task}; });
  return store_.write(deadline, [days = std::move(days)](Session& session) -> Task<Status> {
    std::vector<Query> queries;
    for (const auto& day : days) {
      queries.push_back(add_day(day));
      queries.push_back(forget_before(day));
    }
    co_await session.commit(std::move(queries));
    co_return Status{};
  });
}

Task<Result<std::vector<QualityDay>>> PostgresQualityLedger::read(TenantId tenant, std::chrono::sys_days from,
                                                                  std::chrono::sys_days to,
                                                                  Deadline deadline) {
  static const auto sql =
      fmt::format("SELECT {} FROM quality WHERE tenant = $1 AND day BETWEEN $2 AND $3", quality_columns);
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query(sql, tenant.value, number_of(from), number_of(to))));
  std::vector<QualityDay> days;
  for (const auto row : rows) days.push_back(read_quality_day(row, tenant));
  sort_by_day_and_task(days);
  co_return days;
}

}  // namespace cloudcart::recommendation
