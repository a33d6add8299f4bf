#pragma once

#include "app/platform/analytics_unit.h"
#include "app/platform/kafka_unit.h"
#include "app/platform/listeners.h"
#include "app/platform/platform.h"
#include "app/platform/privacy_unit.h"
#include "app/platform/product_unit.h"
#include "app/platform/service_clients.h"
#include "app/platform/stores.h"
#include "auth/key_follower.h"
#include "auth/revocation_follower.h"
#include "events/lag_watch.h"
#include "events/shared_log.h"
#include "order/app/compact_events.h"
#include "order/app/order_app.h"

namespace cloudcart::app {

/// What a process is made of: its services on their stores (platform.cpp), and the routes that it answers
/// (platform_routes.cpp).
struct Platform::Impl {
  using Routes = std::vector<http::Route>;

  explicit Impl(const Config& config);

  void open_stores();
  void open_products();
  void wire_order();
  void wire_retention();
  void wire_analytics();
  void bind();
  void measure();
  void watch_lag();
  void start_loops();
  void wait_for_revocations();
  void add_service(Service service, std::uint16_t port);
  Routes routes_of(Service service);
  Routes unaudited_routes_of(Service service);
  audit::AuditTrail& audit_of(Service service) const;
  Routes api_routes();
  Probes probes_of(Service service) const;
  Routes operations(const std::string& service);
  bool runs(Service service) const { return ground.config.runs(service); }
  bool is_ready() const { return ready.load() && revocations->caught_up(); }
  /// What this process shows to other services. The gateway does not: it hands on what clients show.
  std::function<std::string(const TenantId&)> service_token() {
    return [this](const TenantId& tenant) { return ground.tokens.sign_service(tenant); };
  }
  /// The client for a service that another process runs; throws when its address is not configured.
  http::Client& remote(Service service, Service needed_by) { return clients.to(service, needed_by); }

  Ground ground;
  ServiceClients clients{ground.config, ground.metrics};

  // In order of dependency: what comes later refers to what comes earlier.
  std::unique_ptr<PrivacyUnit> privacy;
  std::unique_ptr<UserUnit> users;
  std::unique_ptr<OrderStores> orders;
  std::unique_ptr<product::Orders> product_orders;
  std::unique_ptr<ProductUnit> products;
  std::unique_ptr<events::EventLog> remote_log;
  std::unique_ptr<KafkaUnit> kafka;
  std::unique_ptr<events::SharedEventLog> shared_log;
  std::unique_ptr<order::Catalogue> catalogue;
  std::unique_ptr<order::Customers> customers;
  std::unique_ptr<order::OrderApp> order_app;
  std::unique_ptr<order::CompactEvents> compact_events;
  std::unique_ptr<recommendation::Assortment> remote_assortment;
  std::unique_ptr<recommendation::Assortment> assortment;
  std::unique_ptr<analytics::Stock> stock;
  std::unique_ptr<analytics::Ledger> ledger;
  std::unique_ptr<AnalyticsUnit> analytics;
  std::unique_ptr<events::LagWatch> lag_watch;
  std::unique_ptr<auth::RevocationFeed> remote_revocations;
  std::unique_ptr<auth::RevocationFollower> revocations;
  std::unique_ptr<auth::KeyFollower> key_follower;

  Listeners listeners{ground};
  BackgroundLoops background;
  std::atomic<bool> ready{false};
  bool stopped = false;

  /// The whole log, wherever the order service runs.
  events::EventLog& log_of_orders(Service needed_by);
  /// What `needed_by` follows.
  events::EventLog& log(Service needed_by);
};

}  // namespace cloudcart::app
