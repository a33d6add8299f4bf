#pragma once

#include "adapters/postgres/order/postgres_event_log.h"
#include "adapters/postgres/order/postgres_event_retention.h"
#include "adapters/postgres/order/postgres_order_ledger.h"
#include "adapters/postgres/order/postgres_order_repository.h"
#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/postgres_product_repository.h"
#include "adapters/postgres/product/postgres_stock_ledger.h"
#include "adapters/postgres/product/postgres_stock_repository.h"
#include "adapters/postgres/user/postgres_session_repository.h"
#include "adapters/postgres/user/postgres_user_repository.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

class PostgresUserStores final : public UserStores {
 public:
  explicit PostgresUserStores(postgres::StoreOptions options) : store_(std::move(options), "user") {}
  user::UserRepository& users() override { return users_; }
  user::SessionRepository& sessions() override { return sessions_; }
  bool writable() const override { return store_.is_reachable(); }

 private:
  postgres::Store store_;
  postgres::PostgresUserRepository users_{store_};
  postgres::PostgresSessionRepository sessions_{store_};
};

class PostgresProductStores final : public ProductStores {
 public:
  explicit PostgresProductStores(postgres::StoreOptions options) : store_(std::move(options), "product") {
    product::number_changes_upwards(store_);
  }
  product::ProductRepository& products() override { return products_; }
  product::StockRepository& stock() override { return stock_; }
  product::StockLedger& ledger() override { return ledger_; }
  bool writable() const override { return store_.is_reachable(); }
  std::optional<bool> replica_is_well() const override { return store_.replica_is_well(); }

 private:
  postgres::Store store_;
  product::PostgresProductRepository products_{store_};
  product::PostgresStockRepository stock_{store_};
  product::PostgresStockLedger ledger_{store_};
};

class PostgresOrderStores final : public OrderStores {
 public:
  explicit PostgresOrderStores(postgres::StoreOptions options) : store_(std::move(options), "order") {}
  order::OrderRepository& orders() override { return orders_; }
  order::OrderLedger& ledger() override { return ledger_; }
  events::EventLog& log() override { return log_; }
  order::EventRetention& retention() override { return retention_; }
  bool writable() const override { return store_.is_reachable(); }
  std::optional<bool> replica_is_well() const override { return store_.replica_is_well(); }

 private:
  postgres::Store store_;
  order::LogEnd end_{store_};
  order::PostgresOrderRepository orders_{store_, end_};
  order::PostgresOrderLedger ledger_{store_, end_};
  order::PostgresEventLog log_{store_, end_};
  order::PostgresEventRetention retention_{store_, end_};
};

}  // namespace cloudcart::app
