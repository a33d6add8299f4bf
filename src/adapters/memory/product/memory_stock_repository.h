#pragma once

#include "adapters/memory/product/memory_product_store.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

class MemoryStockRepository final : public StockRepository {
 public:
  explicit MemoryStockRepository(MemoryProductStore& store) : store_(store) {}

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
  using Reservations = std::map<OrderId, MemoryProductStore::Reservation>;
  void move(const TenantId& tenant, Reservations::value_type& reservation, Movement movement,
            ReservationState state, Timestamp now);
  void give_back(const TenantId& tenant, Reservations::value_type& reservation, Timestamp now,
                 StockChanges& changes);
  void sell(const TenantId& tenant, Reservations::value_type& reservation, Timestamp now);
  void take(StockStep step, const TenantId& tenant, Reservations::value_type& reservation, Timestamp now,
            StockChanges& changes);
  AsOf<StockChanges> numbered(StockChanges changes);

  MemoryProductStore& store_;
};

}  // namespace cloudcart::product
