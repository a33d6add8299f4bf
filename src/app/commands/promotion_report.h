#pragma once

#include <string>
#include <vector>

#include "order/ports/order_ledger.h"
#include "promotion/app/compare_shops.h"

namespace cloudcart::app {

/// What `promote` has done and found.
struct PromotionReport {
  bool was_finished = false;  ///< before: nothing was copied
  std::int64_t copied = 0;    ///< rows
  double copy_seconds = 0, compare_seconds = 0;
  std::vector<promotion::TableComparison> tables;
  order::LedgerTotals source_ledger, target_ledger;

  bool equal() const;
};

std::string to_json(const PromotionReport& report);
std::string to_text(const PromotionReport& report);

}  // namespace cloudcart::app
