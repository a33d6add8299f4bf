#pragma once

#include "events/consumer.h"
#include "product/app/catalogue_cache.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Lets the stock follow the order log: the stock of an order that is confirmed or further is sold, a cancelled
/// order's goes back.
/// Orders without a reservation change nothing: imported history, and credit notes, which give back part of
/// sales that never took from this stock.
class InventoryConsumer final : public events::Consumer {
 public:
  InventoryConsumer(StockRepository& stock, CatalogueCache& cache) : stock_(stock), cache_(cache) {}

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;

 private:
  StockRepository& stock_;
  CatalogueCache& cache_;
};

}  // namespace cloudcart::product
