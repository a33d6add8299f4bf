#pragma once

#include <memory>
#include <optional>

#include "analytics/ports/alert_repository.h"
#include "analytics/ports/analytics_store.h"
#include "analytics/ports/dead_letters.h"
#include "analytics/ports/rebuild.h"
#include "analytics/ports/sales_cube.h"
#include "app/platform/ground.h"
#include "audit/audit_trail.h"
#include "cache/cache.h"
#include "events/event_log.h"
#include "events/relay_progress.h"
#include "order/ports/customer_erasure.h"
#include "order/ports/event_retention.h"
#include "order/ports/order_ledger.h"
#include "order/ports/order_repository.h"
#include "product/ports/product_repository.h"
#include "product/ports/stock_ledger.h"
#include "product/ports/stock_repository.h"
#include "recommendation/ports/experiment_ledger.h"
#include "recommendation/ports/experiment_repository.h"
#include "recommendation/ports/quality_ledger.h"
#include "runtime/leadership.h"
#include "user/ports/erasure_repository.h"
#include "user/ports/session_repository.h"
#include "user/ports/setup_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::app {

/// What a service keeps, on whichever engine that is.
class Stores {
 public:
  virtual ~Stores() = default;
  /// Whether it can be written to, as far as is known.
  virtual bool writable() const = 0;
  /// Whether the replica that takes some reads is of use; nullopt when there is none.
  virtual std::optional<bool> replica_is_well() const { return std::nullopt; }
};

class UserStores : public Stores {
 public:
  virtual user::UserRepository& users() = 0;
  virtual user::SessionRepository& sessions() = 0;
  virtual user::SetupRepository& setup() = 0;
  virtual audit::AuditTrail& audit() = 0;
  virtual user::ErasureRepository& erasures() = 0;
};

class ProductStores : public Stores {
 public:
  virtual product::ProductRepository& products() = 0;
  virtual product::StockRepository& stock() = 0;
  virtual product::StockLedger& ledger() = 0;
  virtual audit::AuditTrail& audit() = 0;
};

class OrderStores : public Stores {
 public:
  virtual order::OrderRepository& orders() = 0;
  virtual order::OrderLedger& ledger() = 0;
  virtual events::EventLog& log() = 0;
  virtual order::EventRetention& retention() = 0;
  virtual events::RelayProgress& relay_progress() = 0;
  virtual audit::AuditTrail& audit() = 0;
  virtual order::CustomerErasure& customer_erasure() = 0;
};

/// What analytics has counted of the event log. Several views of one state.
class FactStores : public Stores {
 public:
  virtual analytics::AnalyticsStore& facts() = 0;
  virtual analytics::SalesCube& cube() = 0;
  virtual analytics::DeadLetters& letters() = 0;
  virtual analytics::Rebuild& rebuild() = 0;
  /// What it takes to answer from, of this process.
  virtual std::size_t memory_bytes() const = 0;
  /// How many there are, as far as is known without asking.
  virtual std::int64_t dead_letters() const = 0;
};

/// What the analytics service and the recommender keep besides: alerts, experiments and how well models foretold.
class AnalyticsStores : public Stores {
 public:
  virtual analytics::AlertRepository& alerts() = 0;
  virtual recommendation::ExperimentRepository& experiments() = 0;
  virtual recommendation::ExperimentLedger& subjects() = 0;
  virtual recommendation::QualityLedger& quality() = 0;
  virtual audit::AuditTrail& audit() = 0;
  /// Of the processes that share them.
  virtual Leadership& leadership() = 0;
  /// Whether there may be other processes.
  virtual bool are_shared() const = 0;
};

enum class Access : std::uint8_t {
  write,
  look,  ///< at files that another process may be writing; on a server that makes no difference
};

/// On PostgreSQL where the configuration names one, else in files of the data folder. Throw std::runtime_error with a
/// sentence for the operator.
std::unique_ptr<UserStores> open_user_stores(Ground& ground);
std::unique_ptr<ProductStores> open_product_stores(Ground& ground);
std::unique_ptr<OrderStores> open_order_stores(Ground& ground, Access access = Access::write);
std::unique_ptr<FactStores> open_fact_stores(Ground& ground);

/// The audit trail of a service, apart from all else that it keeps: for commands that look beside whoever serves.
class OpenAuditTrail {
 public:
  virtual ~OpenAuditTrail() = default;
  virtual audit::AuditTrail& trail() = 0;
};
/// Null where files keep it and there is none of that service. The gateway has none.
std::unique_ptr<OpenAuditTrail> open_audit_trail(Ground& ground, Service service, Access access);

/// All that the analytics service keeps. Opened together, because in files facts and alerts share one.
struct AnalyticsServiceStores {
  std::unique_ptr<FactStores> facts;
  std::unique_ptr<AnalyticsStores> others;
};
AnalyticsServiceStores open_analytics_stores(Ground& ground);

/// In Redis where the configuration names one, else in this process.
std::unique_ptr<Cache> open_cache(Ground& ground);

}  // namespace cloudcart::app
