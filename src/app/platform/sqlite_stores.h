#pragma once

#include "adapters/sqlite/analytics/sqlite_alert_repository.h"
#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "adapters/sqlite/audit/sqlite_audit_trail.h"
#include "adapters/sqlite/order/sqlite_customer_erasure.h"
#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_event_retention.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "adapters/sqlite/order/sqlite_relay_progress.h"
#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/product/sqlite_stock_ledger.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "adapters/sqlite/recommendation/sqlite_experiment_ledger.h"
#include "adapters/sqlite/recommendation/sqlite_experiment_repository.h"
#include "adapters/sqlite/recommendation/sqlite_quality_ledger.h"
#include "adapters/sqlite/user/sqlite_erasure_repository.h"
#include "adapters/sqlite/user/sqlite_session_repository.h"
#include "adapters/sqlite/user/sqlite_setup_repository.h"
#include "adapters/sqlite/user/sqlite_user_repository.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

/// Of a store that writes and reports.
inline sqlite::StoreOptions sqlite_options(Ground& ground) {
  return {.metrics = &ground.metrics};
}

class SqliteUserStores final : public UserStores {
 public:
  explicit SqliteUserStores(Ground& ground)
      : store_(ground.config.data_dir, "user", ground.readers, sqlite_options(ground)) {}
  user::UserRepository& users() override { return users_; }
  user::SessionRepository& sessions() override { return sessions_; }
  user::SetupRepository& setup() override { return setup_; }
  audit::AuditTrail& audit() override { return audit_; }
  user::ErasureRepository& erasures() override { return erasures_; }
  bool writable() const override { return store_.writable(); }

 private:
  sqlite::Store store_;
  sqlite::SqliteUserRepository users_{store_};
  sqlite::SqliteSessionRepository sessions_{store_};
  sqlite::SqliteSetupRepository setup_{store_};
  sqlite::SqliteAuditTrail audit_{store_, "user"};
  sqlite::SqliteErasureRepository erasures_{store_};
};

class SqliteProductStores final : public ProductStores {
 public:
  explicit SqliteProductStores(Ground& ground)
      : store_(ground.config.data_dir, "product", ground.readers, sqlite_options(ground)) {}
  /// Reads what lists are answered from, so that no first customer waits for it.
  void load() {
    store_.read_at_start("the products", [this](sqlite::Connection& connection) -> Status {
      index_.load(connection);
      return {};
    });
  }
  product::ProductRepository& products() override { return products_; }
  product::StockRepository& stock() override { return stock_; }
  product::StockLedger& ledger() override { return ledger_; }
  audit::AuditTrail& audit() override { return audit_; }
  bool writable() const override { return store_.writable(); }

 private:
  sqlite::Store store_;
  product::CatalogueIndex index_;
  product::SqliteProductRepository products_{store_, index_};
  product::SqliteStockRepository stock_{store_, index_};
  product::SqliteStockLedger ledger_{store_, index_};
  sqlite::SqliteAuditTrail audit_{store_, "product"};
};

class SqliteOrderStores final : public OrderStores {
 public:
  SqliteOrderStores(const std::filesystem::path& folder, OffloadPool& readers, sqlite::StoreOptions options)
      : store_(folder, "order", readers, options) {}
  order::OrderRepository& orders() override { return orders_; }
  order::OrderLedger& ledger() override { return ledger_; }
  events::EventLog& log() override { return log_; }
  order::EventRetention& retention() override { return retention_; }
  events::RelayProgress& relay_progress() override { return relay_progress_; }
  audit::AuditTrail& audit() override { return audit_; }
  order::CustomerErasure& customer_erasure() override { return customer_erasure_; }
  bool writable() const override { return store_.writable(); }

 private:
  sqlite::Store store_;
  order::OutboxTail tail_{store_};
  order::SqliteOrderRepository orders_{store_, tail_};
  order::SqliteOrderLedger ledger_{store_, tail_};
  order::SqliteEventLog log_{store_, tail_};
  order::SqliteEventRetention retention_{store_, tail_};
  order::SqliteRelayProgress relay_progress_{store_};
  sqlite::SqliteAuditTrail audit_{store_, "order"};
  order::SqliteCustomerErasure customer_erasure_{store_};
};

class SqliteFactStores final : public FactStores {
 public:
  /// `file` is the store named "analytics".
  SqliteFactStores(std::shared_ptr<sqlite::Store> file, Ground& ground)
      : file_(std::move(file)),
        facts_(*file_, ground.analysts, {ground.shop.time_zone, ground.shop.currency}) {}
  analytics::AnalyticsStore& facts() override { return facts_; }
  analytics::SalesCube& cube() override { return facts_; }
  analytics::DeadLetters& letters() override { return facts_; }
  analytics::Rebuild& rebuild() override { return facts_; }
  std::size_t memory_bytes() const override { return facts_.memory_bytes(); }
  std::int64_t dead_letters() const override { return facts_.dead_letters(); }
  bool writable() const override { return file_->writable(); }

 private:
  const std::shared_ptr<sqlite::Store> file_;
  analytics::SqliteAnalyticsStore facts_;
};

class SqliteAnalyticsStores final : public AnalyticsStores {
 public:
  /// `file` is the store named "analytics".
  SqliteAnalyticsStores(std::shared_ptr<sqlite::Store> file, Ground& ground)
      : file_(std::move(file)),
        store_(ground.config.data_dir, "recommendation", ground.readers, sqlite_options(ground)) {}
  analytics::AlertRepository& alerts() override { return alerts_; }
  recommendation::ExperimentRepository& experiments() override { return experiments_; }
  recommendation::ExperimentLedger& subjects() override { return subjects_; }
  recommendation::QualityLedger& quality() override { return quality_; }
  Leadership& leadership() override { return leadership_; }
  bool are_shared() const override { return false; }
  audit::AuditTrail& audit() override { return audit_; }
  bool writable() const override { return file_->writable() && store_.writable(); }

 private:
  const std::shared_ptr<sqlite::Store> file_;
  sqlite::Store store_;
  analytics::SqliteAlertRepository alerts_{*file_};
  recommendation::SqliteExperimentRepository experiments_{store_};
  recommendation::SqliteExperimentLedger subjects_{store_};
  recommendation::SqliteQualityLedger quality_{store_};
  sqlite::SqliteAuditTrail audit_{*file_, "analytics"};
  SoleProcess leadership_;
};

}  // namespace cloudcart::app
