#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/caller.h"
#include "core/idempotency_key.h"
#include "core/result.h"
#include "product/domain/stock_adjustment.h"
#include "product/ports/as_of.h"
#include "runtime/task.h"

namespace cloudcart::product {

struct HistoryQuery {
  std::size_t limit = 20;
  std::optional<std::int64_t> from;  ///< StockHistory::next of the page before
};

/// The figures of a product and a page of what led to them, at one moment.
struct StockHistory {
  Stock stock;
  std::vector<StockMovement> movements;  ///< newest first
  std::int64_t total = 0;                ///< of all pages: the sequence of the newest
  std::optional<std::int64_t> next;      ///< where the next page begins, in the store's own terms
};

/// A request that may come again. A key means something within one account only.
struct AdjustmentKey {
  IdempotencyKey key;
  Timestamp expires_at;  ///< after it the key is as if it had never been used
};

/// The stock ledger as people see and correct it.
///
/// Atomicity: an adjustment is whole or not at all, its entry and its key included. Errors of both: not_found
/// for an unknown product; unavailable, overloaded, deadline_exceeded, outcome_unknown.
class StockLedger {
 public:
  virtual ~StockLedger() = default;
  /// Inactive products too. A page that is read by `next` goes on where the one before ended, whatever came
  /// since. Errors: validation_failed naming the cursor when `from` is no place of this product.
  virtual Task<Result<StockHistory>> history(TenantId tenant, ProductId product, HistoryQuery query,
                                             Deadline deadline) = 0;
  /// Changes what is available; what orders hold stays theirs. The same request with the same key again
  /// changes nothing and answers as it did. Some expired keys are removed on the way. Errors: those of
  /// delta_of, after which the key is free; idempotency_conflict when the key stands for another request.
  virtual Task<Result<AsOf<AdjustedStock>>> adjust(TenantId tenant, StockAdjustment adjustment,
                                                   std::optional<AdjustmentKey> key, Timestamp now,
                                                   Deadline deadline) = 0;
};

}  // namespace cloudcart::product
