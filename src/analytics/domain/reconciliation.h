#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "analytics/domain/report.h"

namespace cloudcart::analytics {

/// What came in and what went out on one day of UTC.
struct DayAmounts {
  Money gross, cancelled;
  bool operator==(const DayAmounts&) const = default;
};

struct DifferingDay {
  std::chrono::sys_days date;
  DayAmounts ledger, analytics;
  bool operator==(const DifferingDay&) const = default;
};

/// The order ledger held against analytics, both as of one position of the log.
struct Reconciliation {
  bool equal = false;      ///< in every figure, and on every day
  SalesFigures ledger;     ///< orders, units and amounts; what a ledger does not know is 0 on both sides
  SalesFigures analytics;  ///< likewise
  std::size_t days_compared = 0;
  std::vector<DifferingDay> differing_days;  ///< in order of date
  std::int64_t position = 0;
  /// Events up to the position that analytics could not add up: the usual reason for a difference.
  std::int64_t dead_letters = 0;

  /// The ledger's net revenue less that of analytics.
  Money difference() const;
  bool operator==(const Reconciliation&) const = default;
};

/// Compares totals of one and the same position.
Reconciliation reconcile(const Totals& ledger, const Totals& counted);

/// Takes the effect of an event off again, so that the totals are as if it had not been applied. Adding up does not depend
/// on the order of events, so any one can be taken off, as long as it was counted: a dead letter was not.
void take_off(Totals& totals, const events::OrderEvent& event);

}  // namespace cloudcart::analytics
