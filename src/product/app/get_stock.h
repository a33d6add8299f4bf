#pragma once

#include "product/ports/stock_ledger.h"

namespace cloudcart::product {

/// Where the units of a product are and how they got there, always from the store. Errors: those of
/// StockLedger::history.
class GetStock {
 public:
  explicit GetStock(StockLedger& ledger) : ledger_(ledger) {}

  Task<Result<StockHistory>> operator()(Caller caller, ProductId product, HistoryQuery query) {
    return ledger_.history(std::move(caller.tenant), product, query, caller.deadline);
  }

 private:
  StockLedger& ledger_;
};

}  // namespace cloudcart::product
