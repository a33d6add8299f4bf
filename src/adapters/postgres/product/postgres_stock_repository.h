#pragma once

#include "adapters/postgres/product/reservations.h"
#include "adapters/postgres/store/store.h"
#include "product/ports/stock_repository.h"

namespace cloudcart::product {

/// Stock, its ledger and the reservations in the store "product", which several processes may share. Whoever moves stock
/// holds its rows, locked in the order of their numbers, until the commit; reservations are locked before stock, and made when
/// the stock they take is held. So none waits in a circle, and none sees stock that another is about to take.
class PostgresStockRepository final : public StockRepository {
 public:
  explicit PostgresStockRepository(postgres::Store& store) : store_(store), reservations_(store) {}

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
  postgres::Store& store_;
  PostgresReservations reservations_;
};

}  // namespace cloudcart::product
