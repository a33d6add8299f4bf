#pragma once

#include "core/clock.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Takes the stock of an order, all lines or none; answers name, category and price of each line at this
/// moment. Idempotent by order. Errors: validation_failed naming the lines, insufficient_inventory naming
/// each product that is short; conflict when the order was released, or has reserved something else.
class ReserveStock {
 public:
  ReserveStock(StockRepository& stock, CatalogueCache& cache, const Clock& clock)
      : stock_(stock), cache_(cache), clock_(clock) {}

  Task<Result<std::vector<ReservedLine>>> operator()(Caller caller, OrderId order,
                                                     std::vector<LineRequest> lines);

 private:
  StockRepository& stock_;
  CatalogueCache& cache_;
  const Clock& clock_;
};

}  // namespace cloudcart::product
