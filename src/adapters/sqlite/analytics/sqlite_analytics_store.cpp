#include "adapters/sqlite/analytics/sqlite_analytics_store.h"

#include "adapters/sqlite/analytics/batch_writer.h"
#include "adapters/sqlite/analytics/report_reader.h"

namespace cloudcart::analytics {
namespace {

using sqlite::Connection;

struct StoredProgress {
  std::int64_t position = 0;
  TimeZone days;
};

/// The progress of the file; begins it when the file is new.
StoredProgress load_progress(Connection& connection, const TimeZone& days_of_new_file) {
  connection.prepare("INSERT OR IGNORE INTO progress(id, position, time_zone) VALUES(1, 0, ?)")
      .bind(days_of_new_file.name())
      .run();
  auto row = connection.prepare("SELECT position, time_zone FROM progress WHERE id = 1");
  row.step();
  return {row.integer(0), TimeZone::load(row.text(1)).value()};
}

Applied apply_batch(Connection& connection, const TimeZone& days_of_new_file,
                    const std::vector<events::LogRecord>& records) {
  const auto before = load_progress(connection, days_of_new_file);
  Applied applied{.position = before.position};
  BatchWriter writer(connection, before.days);
  for (const auto& record : records) {
    if (record.position <= applied.position) continue;
    if (auto placed = writer.absorb(record)) applied.placed.push_back(*std::move(placed));
    applied.position = record.position;
    ++applied.events;
  }
  if (applied.events == 0) return applied;
  writer.remember(applied.placed);
  writer.store();
  connection.prepare("UPDATE progress SET position = ? WHERE id = 1").bind(applied.position).run();
  return applied;
}

}  // namespace

Task<Result<std::int64_t>> SqliteAnalyticsStore::position(Deadline deadline) {
  co_return co_await store_.read(deadline, [](Connection& connection) -> Result<std::int64_t> {
    auto row = connection.prepare("SELECT position FROM progress WHERE id = 1");
    return row.step() ? row.integer(0) : 0;
  });
}

Task<Result<Applied>> SqliteAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  co_return co_await store_.write(
      deadline, [this, records = std::move(records)](Connection& connection) -> Result<Applied> {
        try {
          return apply_batch(connection, days_, records);
        } catch (const sqlite::Failure&) {
          throw;  // the store's to answer: it rolls back
        } catch (const std::exception& broken) {
          return fail(ErrorCode::internal, std::string{"The events cannot be added up: "} + broken.what());
        }
      });
}

Task<Result<std::optional<Extent>>> SqliteAnalyticsStore::extent(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline, [tenant](Connection& connection) -> Result<std::optional<Extent>> {
    return ReportReader(connection, tenant).extent();
  });
}

Task<Result<Report>> SqliteAnalyticsStore::report(TenantId tenant, ReportRequest request, Deadline deadline) {
  co_return co_await store_.read(
      deadline, [tenant, request = std::move(request)](Connection& connection) -> Result<Report> {
        return ReportReader(connection, tenant).report(request);
      });
}

Task<Result<std::vector<PlacedOrder>>> SqliteAnalyticsStore::placed_after(TenantId tenant, std::int64_t after,
                                                                          Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [tenant, after](Connection& connection) -> Result<std::vector<PlacedOrder>> {
                                   return ReportReader(connection, tenant).placed_after(after);
                                 });
}

Task<Result<Totals>> SqliteAnalyticsStore::totals(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline, [tenant](Connection& connection) -> Result<Totals> {
    return ReportReader(connection, tenant).totals();
  });
}

}  // namespace cloudcart::analytics
