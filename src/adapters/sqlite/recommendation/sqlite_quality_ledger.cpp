#include "adapters/sqlite/recommendation/sqlite_quality_ledger.h"

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;

std::int64_t number_of(std::chrono::sys_days day) {
  return day.time_since_epoch().count();
}

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
        auto row = connection.prepare(
            "SELECT day, task, cases, hits, gain, baseline_hits, baseline_gain, discordant FROM quality "
            "WHERE tenant = ? AND day BETWEEN ? AND ?");
        row.bind_all(tenant.value, number_of(from), number_of(to));
        std::vector<QualityDay> days;
        while (row.step()) {
          days.push_back({.tenant = tenant,
                          .day = std::chrono::sys_days{std::chrono::days{row.integer(0)}},
                          .task = parse_quality_task(row.text(1)).value(),
                          .tally = {.cases = row.integer(2),
                                    .hits = row.integer(3),
                                    .gain = row.real(4),
                                    .baseline_hits = row.integer(5),
                                    .baseline_gain = row.real(6),
                                    .discordant = row.integer(7)}});
        }
        std::ranges::sort(days, {}, [](const QualityDay& day) { return std::pair{day.day, day.task}; });
        return days;
      });
}

}  // namespace cloudcart::recommendation
