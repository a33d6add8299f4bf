#include "analytics/domain/retention.h"

namespace cloudcart::analytics {
namespace {

RetentionCell cell_of(const Cohort& cohort, std::size_t later) {
  RetentionCell cell{.cohort = cohort.month,
                     .later = static_cast<std::uint32_t>(later),
                     .customers = cohort.customers,
                     .active = cohort.active[later],
                     .retention = std::nullopt,
                     .orders = cohort.orders[later],
                     .gross = cohort.gross[later],
                     .revenue_per_customer = std::nullopt};
  if (cohort.customers > 0) {
    cell.retention = Number{rounded_ratio(cell.active, 10'000, cohort.customers), 2};
    cell.revenue_per_customer = Number{rounded_ratio(cell.gross.minor_units(), 1, cohort.customers), 2};
  }
  return cell;
}

}  // namespace

std::vector<RetentionCell> retention(const std::vector<Cohort>& cohorts, const TimeAxis& months,
                                     Timestamp now) {
  std::vector<RetentionCell> cells;
  for (const auto& cohort : cohorts) {
    for (std::size_t later = 0; later < cohort.active.size(); ++later) {
      const auto month = cohort.month + later;
      if (months.bounds[month] > now) break;
      cells.push_back(cell_of(cohort, later));
      cells.back().incomplete = months.bounds[month + 1] > now;
    }
  }
  return cells;
}

}  // namespace cloudcart::analytics
