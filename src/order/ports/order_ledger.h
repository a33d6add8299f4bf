#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/caller.h"
#include "order/domain/imported_order.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// One UTC day. What was placed counts on the day of its order, what was cancelled on the day of the
/// cancellation.
struct LedgerDay {
  std::chrono::year_month_day date;
  Money gross;
  Money cancelled;
  bool operator==(const LedgerDay&) const = default;
};

/// Sums over orders and lines themselves, never over events or counters: what analytics is held against.
struct LedgerTotals {
  std::int64_t position = 0;       ///< of the newest event of all shops, in the very state that was added up
  Money gross;                     ///< totals of sales
  Money cancelled;                 ///< totals of cancelled sales and of credit notes
  std::int64_t orders_placed = 0;  ///< sales
  std::int64_t orders_cancelled = 0;  ///< cancelled sales
  std::int64_t credit_notes = 0;
  std::int64_t units_ordered = 0;    ///< pieces on sales
  std::int64_t units_cancelled = 0;  ///< pieces on cancelled sales and credit notes
  std::vector<LedgerDay> days;       ///< in order of date, only days on which something happened
  bool operator==(const LedgerTotals&) const = default;
};

/// The orders as the shop's books: history brought in from elsewhere, and totals. Totals go through every order: for
/// commands, and for requests that see to it that they are few.
class OrderLedger {
 public:
  virtual ~OrderLedger() = default;
  /// Orders and their events, all or none in one transaction. An order whose id is there already is left as
  /// it is, events included, so that an import can be run again. Answers how many were new.
  virtual Task<Result<std::size_t>> import_orders(std::vector<ImportedOrder> orders, Deadline deadline) = 0;
  /// From one consistent state. Writers and other readers do not wait for it.
  virtual Task<Result<LedgerTotals>> totals(TenantId tenant, Deadline deadline) = 0;
};

}  // namespace cloudcart::order
