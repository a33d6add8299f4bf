#include "adapters/sqlite/recommendation/sqlite_quality_ledger.h"

#include <fmt/format.h>

#include "recommendation/columns/quality_columns.h"

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;

void add_day(Connection& connection, const QualityDay& day) {
  const auto& tally = day.tally;
  connection
      .prepare(
          "INSERT INTO quality VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(tenant, day, task) DO UPDATE "
          "SET "
          "cases = cases + excluded.cases, hits = hits + excluded.hits, gain = gain + excluded.gain, "
          "baseline_hits = baseline_hits + excluded.baseline_hits, "
          "baseline_gain = baseline_gain + excluded.baseline_gain, discordant = discordant + "
          "excluded.discordant")
      .bind_all(day.tenant.value, number_of(day.day), to_string(day.task), tally.cases, tally.hits,
                tally.gain, tally.baseline_hits, tally.baseline_gain, tally.discordant)
      .run();
  connection.prepare("DELETE FROM quality WHERE tenant = ? AND day <= ?")
      .bind_all(day.tenant.value, number_of(day.day) - QualityLedger::kept_days)
      .run();
}

}  // namespace

Task<Status> SqliteQualityLedger::add(std::vector<QualityDay> days, Deadline deadline) {
  co_return co_await store_.write(deadline, [days = std::move(days)](Connection& connection) -> Status {
    for (const auto& day : days) add_day(connection, day);
    return {};
  });
}

Task<Result<std::vector<QualityDay>>> SqliteQualityLedger::read(TenantId tenant, std::chrono::sys_days from,
                                                                std::chrono::sys_days to, Deadline deadline) {
  co_return co_await store_.read(
      deadline,
      [tenant = std::move(tenant), from, to](Connection& connection) -> Result<std::vector<QualityDay>> {
        static const auto sql =
            fmt::format("SELECT {} FROM quality WHERE tenant = ? AND day BETWEEN ? AND ?", quality_columns);
        auto row = connection.prepare(sql);
        row.bind_all(tenant.value, number_of(from), number_of(to));
        std::vector<QualityDay> days;
        while (row.step()) {
          days.push_back(read_quality_day(row, tenant));
        }
        sort_by_day_and_task(days);
        return days;
      });
}

}  // namespace cloudcart::recommendation
