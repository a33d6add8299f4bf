#pragma once

#include "adapters/postgres/analytics/postgres_alert_repository.h"
#include "adapters/postgres/audit/postgres_audit_trail.h"
#include "adapters/postgres/order/postgres_customer_erasure.h"
#include "adapters/postgres/order/postgres_event_log.h"
#include "adapters/postgres/order/postgres_event_retention.h"
#include "adapters/postgres/order/postgres_order_ledger.h"
#include "adapters/postgres/order/postgres_order_repository.h"
#include "adapters/postgres/order/postgres_relay_progress.h"
#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/postgres_product_repository.h"
#include "adapters/postgres/product/postgres_stock_ledger.h"
#include "adapters/postgres/product/postgres_stock_repository.h"
#include "adapters/postgres/recommendation/postgres_experiment_ledger.h"
#include "adapters/postgres/recommendation/postgres_experiment_repository.h"
#include "adapters/postgres/recommendation/postgres_quality_ledger.h"
#include "adapters/postgres/store/lease.h"
#include "adapters/postgres/user/postgres_erasure_repository.h"
#include "adapters/postgres/user/postgres_session_repository.h"
#include "adapters/postgres/user/postgres_setup_repository.h"
#include "adapters/postgres/user/postgres_user_repository.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

/// Of the store that keeps what a service has, at the address and under the prefix of the configuration.
postgres::StoreOptions postgres_options(const Config& config, std::string_view service);

class PostgresUserStores final : public UserStores {
 public:
  explicit PostgresUserStores(postgres::StoreOptions options) : store_(std::move(options), "user") {}
  user::UserRepository& users() override { return users_; }
  user::SessionRepository& sessions() override { return sessions_; }
  user::SetupRepository& setup() override { return setup_; }
  audit::AuditTrail& audit() override { return audit_; }
  user::ErasureRepository& erasures() override { return erasures_; }
  bool writable() const override { return store_.is_reachable(); }

 private:
  postgres::Store store_;
  postgres::PostgresUserRepository users_{store_};
  postgres::PostgresSessionRepository sessions_{store_};
  postgres::PostgresSetupRepository setup_{store_};
  postgres::PostgresAuditTrail audit_{store_, "user"};
  postgres::PostgresErasureRepository erasures_{store_};
};

class PostgresProductStores final : public ProductStores {
 public:
  explicit PostgresProductStores(postgres::StoreOptions options) : store_(std::move(options), "product") {
    product::number_changes_upwards(store_);
  }
  product::ProductRepository& products() override { return products_; }
  product::StockRepository& stock() override { return stock_; }
  product::StockLedger& ledger() override { return ledger_; }
  audit::AuditTrail& audit() override { return audit_; }
  bool writable() const override { return store_.is_reachable(); }
  std::optional<bool> replica_is_well() const override { return store_.replica_is_well(); }

 private:
  postgres::Store store_;
  product::PostgresProductRepository products_{store_};
  product::PostgresStockRepository stock_{store_};
  product::PostgresStockLedger ledger_{store_};
  postgres::PostgresAuditTrail audit_{store_, "product"};
};

class PostgresOrderStores final : public OrderStores {
 public:
  explicit PostgresOrderStores(postgres::StoreOptions options) : store_(std::move(options), "order") {}
  order::OrderRepository& orders() override { return orders_; }
  order::OrderLedger& ledger() override { return ledger_; }
  events::EventLog& log() override { return log_; }
  order::EventRetention& retention() override { return retention_; }
  events::RelayProgress& relay_progress() override { return relay_progress_; }
  audit::AuditTrail& audit() override { return audit_; }
  order::CustomerErasure& customer_erasure() override { return customer_erasure_; }
  bool writable() const override { return store_.is_reachable(); }
  std::optional<bool> replica_is_well() const override { return store_.replica_is_well(); }

 private:
  postgres::Store store_;
  order::LogEnd end_{store_};
  order::PostgresOrderRepository orders_{store_, end_};
  order::PostgresOrderLedger ledger_{store_, end_};
  order::PostgresEventLog log_{store_, end_};
  order::PostgresEventRetention retention_{store_, end_};
  order::PostgresRelayProgress relay_progress_{store_};
  postgres::PostgresAuditTrail audit_{store_, "order"};
  order::PostgresCustomerErasure customer_erasure_{store_};
};

class PostgresAnalyticsStores final : public AnalyticsStores {
 public:
  PostgresAnalyticsStores(postgres::StoreOptions analytics, postgres::StoreOptions recommendation)
      : analytics_(std::move(analytics), "analytics"),
        recommendation_(std::move(recommendation), "recommendation") {}
  analytics::AlertRepository& alerts() override { return alerts_; }
  recommendation::ExperimentRepository& experiments() override { return experiments_; }
  recommendation::ExperimentLedger& subjects() override { return subjects_; }
  recommendation::QualityLedger& quality() override { return quality_; }
  Leadership& leadership() override { return lease_; }
  bool are_shared() const override { return true; }
  audit::AuditTrail& audit() override { return audit_; }
  bool writable() const override { return analytics_.is_reachable() && recommendation_.is_reachable(); }

 private:
  postgres::Store analytics_, recommendation_;
  analytics::PostgresAlertRepository alerts_{analytics_};
  recommendation::PostgresExperimentRepository experiments_{recommendation_};
  recommendation::PostgresExperimentLedger subjects_{recommendation_};
  recommendation::PostgresQualityLedger quality_{recommendation_};
  postgres::PostgresAuditTrail audit_{analytics_, "analytics"};
  postgres::Lease lease_{analytics_, {.name = "analytics"}};
};

}  // namespace cloudcart::app
