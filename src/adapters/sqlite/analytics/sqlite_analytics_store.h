#pragma once

#include <string>

#include "adapters/sqlite/store/store.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Facts and rollups in one SQLite file, kept up to date in the transaction that stores the log position.
class SqliteAnalyticsStore final : public AnalyticsStore {
 public:
  /// `store` is the one named "analytics". `days` is the zone whose days are rolled up in a new file; a file
  /// that has one keeps it: another zone's days stay exact, only costlier, until the file is built anew from
  /// the log.
  SqliteAnalyticsStore(sqlite::Store& store, TimeZone days) : store_(store), days_(std::move(days)) {}

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Result<Applied>> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) override;
  Task<Result<Report>> report(TenantId tenant, ReportRequest request, Deadline deadline) override;
  Task<Result<std::vector<PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after,
                                                      Deadline deadline) override;
  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  sqlite::Store& store_;
  const TimeZone days_;
};

}  // namespace cloudcart::analytics
