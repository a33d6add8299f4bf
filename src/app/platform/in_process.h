#pragma once

#include "analytics/ports/ledger.h"
#include "analytics/ports/stock.h"
#include "order/app/close_missing_orders.h"
#include "order/ports/catalogue.h"
#include "order/ports/customers.h"
#include "order/ports/order_ledger.h"
#include "product/app/product_app.h"
#include "recommendation/ports/assortment.h"
#include "runtime/tracing.h"
#include "user/ports/user_repository.h"

namespace cloudcart::app {

/// The order service's view of a product service in the same process.
class InProcessCatalogue final : public order::Catalogue {
 public:
  /// `tracer`, here and below: of the service that is asked; null: nothing is traced.
  explicit InProcessCatalogue(product::ProductApp& products, const Tracer* tracer = nullptr)
      : products_(products), tracer_(tracer) {}

  Task<Result<std::vector<order::PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                       std::vector<order::LineRequest> lines,
                                                       Deadline deadline) override;
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override;
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override;

 private:
  product::ProductApp& products_;
  const Tracer* const tracer_;
};

/// The order service's view of a user service in the same process.
class InProcessCustomers final : public order::Customers {
 public:
  explicit InProcessCustomers(user::UserRepository& users, const Tracer* tracer = nullptr)
      : users_(users), tracer_(tracer) {}
  Task<Result<bool>> exists(TenantId tenant, UserId user_id, Deadline deadline) override;

 private:
  user::UserRepository& users_;
  const Tracer* const tracer_;
};

/// The product service's view of an order service in the same process.
class InProcessOrders final : public product::Orders {
 public:
  InProcessOrders(order::OrderRepository& orders, const Clock& clock) : close_missing_(orders, clock) {}
  Task<Result<std::vector<std::optional<OrderStatus>>>> settle(TenantId tenant, std::vector<OrderId> ids,
                                                               Deadline deadline) override;

 private:
  order::CloseMissingOrders close_missing_;
};

/// The recommender's view of a product service in the same process.
class InProcessAssortment final : public recommendation::Assortment {
 public:
  explicit InProcessAssortment(product::ProductApp& products, const Tracer* tracer = nullptr)
      : products_(products), tracer_(tracer) {}
  Task<Result<std::vector<recommendation::AssortmentProduct>>> find(TenantId tenant,
                                                                    std::vector<ProductId> ids,
                                                                    Deadline deadline) override;

 private:
  product::ProductApp& products_;
  const Tracer* const tracer_;
};

/// Analytics' view of a product service in the same process.
class InProcessStock final : public analytics::Stock {
 public:
  explicit InProcessStock(product::ProductApp& products) : products_(products) {}
  Task<Result<std::vector<analytics::ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                          Deadline deadline) override;

 private:
  product::ProductApp& products_;
};

/// Analytics' view of an order service in the same process.
class InProcessLedger final : public analytics::Ledger {
 public:
  explicit InProcessLedger(order::OrderLedger& orders) : orders_(orders) {}
  Task<Result<analytics::Totals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  order::OrderLedger& orders_;
};

}  // namespace cloudcart::app
