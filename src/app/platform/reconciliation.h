#pragma once

#include <string>

#include "analytics/domain/report.h"
#include "order/ports/order_ledger.h"

namespace cloudcart::app {

/// The order ledger held against the analytics rollups.
struct Reconciliation {
  bool equal = false;
  std::string json;  ///< both sides, the difference, and the days on which they differ
};

Reconciliation reconcile_totals(const order::LedgerTotals& ledger, const analytics::Totals& rollups);

}  // namespace cloudcart::app
