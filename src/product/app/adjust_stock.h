#pragma once

#include "core/clock.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/stock_ledger.h"

namespace cloudcart::product {

/// Corrects what is available, with the reason and the caller in the ledger. With a key it counts once.
/// Errors: those of StockLedger::adjust.
class AdjustStock {
 public:
  AdjustStock(StockLedger& ledger, CatalogueCache& cache, const Clock& clock)
      : ledger_(ledger), cache_(cache), clock_(clock) {}

  Task<Result<AdjustedStock>> operator()(Caller caller, ProductId product, CountChange change,
                                         std::string reason, std::optional<IdempotencyKey> key);

 private:
  StockLedger& ledger_;
  CatalogueCache& cache_;
  const Clock& clock_;
};

}  // namespace cloudcart::product
