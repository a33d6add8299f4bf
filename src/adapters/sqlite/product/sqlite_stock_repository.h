#pragma once

#include "adapters/sqlite/product/catalogue_index.h"
#include "adapters/sqlite/store/store.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Stock, its ledger and the reservations in the store "product". The store's one writer runs reservations
/// one after the other, so none waits for another and none sees stock that another is about to take.
class SqliteStockRepository final : public StockRepository {
 public:
  SqliteStockRepository(sqlite::Store& store, CatalogueIndex& index) : store_(store), index_(index) {}

  Task<Result<AsOf<std::vector<ReservedLine>>>> reserve(TenantId tenant, OrderId order,
                                                        std::vector<LineRequest> lines, Timestamp now,
                                                        Deadline deadline) override;
  Task<Result<AsOf<StockChanges>>> release(TenantId tenant, OrderId order, Timestamp now,
                                           Deadline deadline) override;
  Task<Status> confirm(TenantId tenant, OrderId order, Timestamp now, Deadline deadline) override;
  Task<Result<std::int64_t>> followed_position(Deadline deadline) override;
  Task<Result<AsOf<StockChanges>>> follow(std::vector<OrderStep> steps, std::int64_t position,
                                          Deadline deadline) override;
  Task<Result<std::vector<HeldOrder>>> unsettled(Timestamp reserved_before, std::size_t limit,
                                                 Deadline deadline) override;
  Task<Result<AsOf<StockChanges>>> settle(TenantId tenant, std::vector<SettledOrder> orders, Timestamp now,
                                          Deadline deadline) override;
  Task<Result<std::vector<StockAudit>>> audit(TenantId tenant, Deadline deadline) override;

 private:
  /// Runs `job`, which notes what it moves, and tells the index of it.
  template <class Job>
  Task<Result<AsOf<StockChanges>>> move(Deadline deadline, Job job);

  sqlite::Store& store_;
  CatalogueIndex& index_;
};

}  // namespace cloudcart::product
