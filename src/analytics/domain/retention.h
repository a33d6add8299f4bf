#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/domain/cube.h"
#include "analytics/domain/number.h"

namespace cloudcart::analytics {

/// What the customers of one cohort did in one month. The classical table of retention has a cohort in each row
/// and the months later in its columns; this is one of its cells.
struct RetentionCell {
  std::uint32_t cohort = 0;         ///< which month they first ordered in
  std::uint32_t later = 0;          ///< months after it; 0 is that month itself
  std::int64_t customers = 0;       ///< of the cohort
  std::int64_t active = 0;          ///< of these, with an order in this month
  std::optional<Number> retention;  ///< the share of these in percent; nullopt for a cohort of nobody
  std::int64_t orders = 0;          ///< placed
  Money gross;                      ///< of these
  std::optional<Number> revenue_per_customer;  ///< gross, over all customers of the cohort; nullopt likewise
  bool incomplete = false;                     ///< the month goes on, so the figures will still grow
  bool operator==(const RetentionCell&) const = default;
};

/// By cohort, then month. Months without orders are there as zeros, those that have not begun are not.
std::vector<RetentionCell> retention(const std::vector<Cohort>& cohorts, const TimeAxis& months,
                                     Timestamp now);

}  // namespace cloudcart::analytics
