#pragma once

#include "core/clock.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Gives an order's stock back, once, however often it is called. An order that has reserved nothing may not
/// reserve any more.
class ReleaseStock {
 public:
  ReleaseStock(StockRepository& stock, CatalogueCache& cache, const Clock& clock)
      : stock_(stock), cache_(cache), clock_(clock) {}

  Task<Status> operator()(Caller caller, OrderId order);

 private:
  StockRepository& stock_;
  CatalogueCache& cache_;
  const Clock& clock_;
};

}  // namespace cloudcart::product
