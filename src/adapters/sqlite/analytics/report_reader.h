#pragma once

#include <optional>
#include <vector>

#include "adapters/sqlite/analytics/buckets.h"
#include "adapters/sqlite/analytics/packed_tally.h"
#include "adapters/sqlite/store/connection.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Answers from one read transaction. Whole days of the file's time zone come from rollups; of a range that
/// begins or ends within such a day (another zone's days), the two rests come from sales by the quarter of an
/// hour or from the facts of their orders.
class ReportReader {
 public:
  ReportReader(sqlite::Connection& connection, const TenantId& tenant);

  std::optional<Extent> extent();
  Report report(const ReportRequest& request);
  std::vector<PlacedOrder> placed_after(std::int64_t after);
  Totals totals();

 private:
  /// Rows of the table `sales`.
  struct Buckets {
    Grain grain = Grain::all_time;
    std::int64_t begin = 0;
    std::int64_t end = 1;  ///< excluded
  };
  /// Tallies by number; numbers that nothing is known of are zero.
  using Column = std::vector<Tally>;
  struct Ranked {
    std::int64_t number;
    Tally tally;
  };

  PeriodSales sales(const std::vector<Timestamp>& days);
  StatusCounts statuses(const std::optional<TimeRange>& range);
  std::vector<ProductSales> top_products(const std::optional<TimeRange>& range, std::size_t limit);
  std::vector<CustomerActivity> top_customers(const TimeRange& range, std::size_t limit);
  std::vector<OrderSummary> recent_orders(std::size_t limit);

  bool begins_a_day(Timestamp time) const;
  Buckets buckets_of(const std::vector<Timestamp>& bounds) const;
  Column product_tallies(const std::optional<TimeRange>& range);
  Column tallies(Subject subject, const TimeRange& range);
  void tally_days(Column& column, Subject subject, std::int64_t begin, std::int64_t end);
  void tally_orders(Column& column, Subject subject, const TimeRange& range);

  sqlite::Connection& connection_;
  const TenantId tenant_;
  std::int64_t shop_ = 0;  ///< 0: nothing is known of it, and no row matches
  Progress progress_;
  TimeZone days_;
};

}  // namespace cloudcart::analytics
