#include "app/platform/platform.h"

#include <spdlog/spdlog.h>

#include "adapters/http/analytics/http_ledger.h"
#include "adapters/http/analytics/http_stock.h"
#include "adapters/http/auth/http_revocation_feed.h"
#include "adapters/http/order/http_catalogue.h"
#include "adapters/http/order/http_customers.h"
#include "adapters/http/order/http_event_log.h"
#include "adapters/http/product/http_orders.h"
#include "adapters/http/recommendation/http_assortment.h"
#include "adapters/memory/recommendation/cached_assortment.h"
#include "analytics/http/alert_routes.h"
#include "analytics/http/routes.h"
#include "analytics/http/system_routes.h"
#include "app/operations/logging.h"
#include "app/operations/operations_routes.h"
#include "app/platform/analytics_unit.h"
#include "app/platform/in_process.h"
#include "app/platform/kafka_unit.h"
#include "app/platform/listeners.h"
#include "app/platform/privacy_unit.h"
#include "app/platform/product_unit.h"
#include "app/platform/service_clients.h"
#include "app/platform/stores.h"
#include "audit/audit_routes.h"
#include "audit/audited_routes.h"
#include "auth/key_follower.h"
#include "auth/revocation_follower.h"
#include "events/shared_log.h"
#include "gateway/proxy.h"
#include "order/app/compact_events.h"
#include "order/http/internal_ledger.h"
#include "order/http/routes.h"
#include "product/http/routes.h"
#include "recommendation/http/experiment_routes.h"
#include "recommendation/http/routes.h"
#include "user/http/routes.h"
#include "web/assets.h"

namespace cloudcart::app {
namespace {

using Routes = std::vector<http::Route>;

void append(Routes& to, Routes from) {
  std::ranges::move(from, std::back_inserter(to));
}

/// What clients may see; routes between services stay on the services' own ports.
Routes without_internal(Routes routes) {
  std::erase_if(routes, [](const http::Route& route) { return route.access == http::Access::service; });
  return routes;
}

/// The part of the API that a service answers, for the gateway.
std::vector<std::string> prefixes_of(Service service) {
  switch (service) {
    case Service::user:
      return {"/api/users", "/api/audit/user"};
    case Service::product:
      return {"/api/products", "/api/audit/product"};
    case Service::order:
      return {"/api/orders", "/api/audit/order"};
    case Service::analytics:
      return {"/api/analytics", "/api/ws", "/api/ai", "/api/audit/analytics"};
    case Service::gateway:
      return {};
  }
  return {};
}

/// What a listing shows: the recorded action, "only reads", or "" where nothing has to be recorded.
std::string audit_word(const http::Route& route) {
  if (!route.audit) return "";
  return route.audit->action.empty() ? "only reads" : route.audit->action;
}

/// So that a quiet server's log lines are not held back.
Task<void> flush_log_each_second(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await stop.sleep_for(seconds{1});
    flush_log();
  }
}

/// Whoever renews certificates writes the files; nobody has to tell this process.
Task<void> renew_certificate(http::TlsCertificate& certificate, BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto renewed = certificate.refresh();
    if (!renewed) {
      spdlog::error("the present certificate stays, the new one cannot be used: {}", renewed.error().message);
    } else if (*renewed) {
      spdlog::info("new connections see the new certificate");
    }
    co_await stop.sleep_for(seconds{2});
  }
}

}  // namespace

struct Platform::Impl {
  explicit Impl(const Config& config);

  void open_stores();
  void open_products();
  void wire_order();
  void wire_retention();
  void wire_analytics();
  void bind();
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
  /// What this process shows to other services. The gateway does not: it hands on what clients show.
  std::function<std::string(const TenantId&)> service_token() {
    return [this](const TenantId& tenant) { return ground.tokens.sign_service(tenant); };
  }
  /// The client for a service that another process runs; throws when its address is not configured.
  http::Client& remote(Service service, Service needed_by) { return clients.to(service, needed_by); }

  Ground ground;
  ServiceClients clients{ground.config};

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

Platform::Impl::Impl(const Config& config) : ground(config) {
  open_stores();
  if (!config.kafka.brokers.empty()) kafka = std::make_unique<KafkaUnit>(ground);
  if (kafka && products) (void)log(Service::product);  // known before anyone asks for its health
  if (orders) {
    wire_order();
    wire_retention();
    if (kafka) kafka->publish(*orders);
  }
  if (runs(Service::analytics)) wire_analytics();
  privacy->connect({.users = users.get(), .orders = orders.get(), .analytics = analytics.get()});
  bind();
}

void Platform::Impl::open_stores() {
  privacy = std::make_unique<PrivacyUnit>(ground, clients, service_token());
  if (runs(Service::user)) users = std::make_unique<UserUnit>(ground, privacy->sections());
  if (runs(Service::order)) orders = open_order_stores(ground);
  if (runs(Service::product)) open_products();
  if (!users) {
    // Whatever else runs here checks tokens, and must know which ones are dead.
    remote_revocations = std::make_unique<auth::HttpRevocationFeed>(
        remote(Service::user, *ground.config.services.begin()), service_token());
  }
  auto& feed = users ? static_cast<auth::RevocationFeed&>(users->app.revocation_feed) : *remote_revocations;
  revocations = std::make_unique<auth::RevocationFollower>(
      feed, ground.revocations,
      auth::FollowerOptions{.stale_after = ground.config.auth.revocations_stale_after});
  if (ground.key_file)
    key_follower = std::make_unique<auth::KeyFollower>(*ground.key_file, *ground.keys, ground.readers,
                                                       ground.config.auth.key_reload);
}

void Platform::Impl::open_products() {
  if (orders) {
    product_orders = std::make_unique<InProcessOrders>(orders->orders(), ground.clock);
  } else {
    product_orders =
        std::make_unique<product::HttpOrders>(remote(Service::order, Service::product), service_token());
  }
  products = std::make_unique<ProductUnit>(ground, *product_orders, orders != nullptr);
}

events::EventLog& Platform::Impl::log_of_orders(Service needed_by) {
  if (orders) return orders->log();
  if (!remote_log)
    remote_log = std::make_unique<order::HttpEventLog>(remote(Service::order, needed_by), service_token());
  return *remote_log;
}

events::EventLog& Platform::Impl::log(Service needed_by) {
  auto& whole = log_of_orders(needed_by);
  if (kafka) return kafka->log(needed_by, whole);
  // The files' own log keeps its newest events in memory.
  if (orders && ground.config.postgres.url.empty()) return whole;
  if (!shared_log) shared_log = std::make_unique<events::SharedEventLog>(whole);
  return *shared_log;
}

void Platform::Impl::wire_order() {
  if (products) {
    catalogue = std::make_unique<InProcessCatalogue>(products->app);
  } else {
    catalogue =
        std::make_unique<order::HttpCatalogue>(remote(Service::product, Service::order), service_token());
  }
  if (users) {
    customers = std::make_unique<InProcessCustomers>(users->stores->users());
  } else {
    customers =
        std::make_unique<order::HttpCustomers>(remote(Service::user, Service::order), service_token());
  }
  order_app =
      std::make_unique<order::OrderApp>(order::OrderApp::Dependencies{.orders = orders->orders(),
                                                                      .catalogue = *catalogue,
                                                                      .customers = *customers,
                                                                      .clock = ground.clock,
                                                                      .ids = ground.ids,
                                                                      .currency = ground.shop.currency,
                                                                      .time_zone = ground.shop.time_zone});
}

void Platform::Impl::wire_retention() {
  if (const auto keep = ground.config.order.event_retention)
    compact_events = std::make_unique<order::CompactEvents>(orders->retention(), ground.clock, *keep);
}

void Platform::Impl::wire_analytics() {
  if (products) {
    assortment = std::make_unique<InProcessAssortment>(products->app);
    stock = std::make_unique<InProcessStock>(products->app);
  } else {
    remote_assortment = std::make_unique<recommendation::HttpAssortment>(
        remote(Service::product, Service::analytics), service_token());
    assortment = std::make_unique<recommendation::CachedAssortment>(*remote_assortment, ground.clock);
    stock =
        std::make_unique<analytics::HttpStock>(remote(Service::product, Service::analytics), service_token());
  }
  if (orders) {
    ledger = std::make_unique<InProcessLedger>(orders->ledger());
  } else {
    ledger =
        std::make_unique<analytics::HttpLedger>(remote(Service::order, Service::analytics), service_token());
  }
  auto stores = open_analytics_stores(ground);
  analytics = std::make_unique<AnalyticsUnit>(
      ground, std::move(stores.facts), std::move(stores.others),
      AnalyticsUnit::Neighbours{.log = log(Service::analytics),
                                .ledger = *ledger,
                                .assortment = *assortment,
                                .stock = *stock,
                                .inventory = products ? &products->app.inventory_consumer : nullptr});
}

/// What a service of this process depends on; empty for one that runs elsewhere.
Probes Platform::Impl::probes_of(Service service) const {
  Probes probes;
  const auto add = [&](std::string_view name, const auto& store) {
    probes.emplace(fmt::format("{}_database", name), [&store] { return store.writable(); });
  };
  const auto add_replica = [&](std::string_view name, const Stores& stores) {
    if (stores.replica_is_well())
      probes.emplace(fmt::format("{}_replica", name),
                     [&stores] { return stores.replica_is_well().value_or(false); });
  };
  if (service == Service::user && users) add("user", *users->stores);
  if (service == Service::product && products) {
    add("product", *products->stores);
    add_replica("product", *products->stores);
  }
  if (service == Service::order && orders) {
    add("order", *orders);
    add_replica("order", *orders);
  }
  if (service == Service::analytics && analytics) {
    add("analytics", *analytics->facts);
    add("recommendation", *analytics->stores);
  }
  if (kafka) kafka->add_probes(service, probes);
  return probes;
}

Routes Platform::Impl::operations(const std::string& service) {
  HealthSource source{.service = service,
                      .started_at = ground.clock.monotonic_now(),
                      .dependencies = {},
                      .services = {},
                      .ready = [this] { return ready.load() && revocations->caught_up(); }};
  const bool is_front = service == "gateway" || service == "dashboard";
  for (const auto other : {Service::user, Service::product, Service::order, Service::analytics}) {
    auto probes = probes_of(other);
    if (is_front || service == to_string(other)) source.dependencies.insert(probes.begin(), probes.end());
    if (!is_front) continue;
    source.services.emplace(
        to_string(other),
        HealthSource::Service{runs(other) ? nullptr : &remote(other, Service::gateway), std::move(probes)});
  }
  return operations_routes(std::move(source), ground.clock, ground.metrics);
}

audit::AuditTrail& Platform::Impl::audit_of(Service service) const {
  switch (service) {
    case Service::user:
      return users->stores->audit();
    case Service::product:
      return products->stores->audit();
    case Service::order:
      return orders->audit();
    case Service::analytics:
      return analytics->stores->audit();
    case Service::gateway:
      break;
  }
  throw std::logic_error("the gateway does nothing that is audited");
}

/// The gateway's are those of the services, audited there.
Routes Platform::Impl::routes_of(Service service) {
  if (service == Service::gateway) return api_routes();
  auto& trail = audit_of(service);
  auto routes = audit::audited(unaudited_routes_of(service), trail, ground.clock);
  append(routes, audit::audit_routes(to_string(service), trail, ground.clock));
  return routes;
}

Routes Platform::Impl::unaudited_routes_of(Service service) {
  switch (service) {
    case Service::user:
      return user::user_routes(users->app);
    case Service::product:
      return product::product_routes(products->app);
    case Service::order: {
      auto routes = order::order_routes(*order_app, orders->log());
      append(routes, order::ledger_routes(orders->ledger()));
      routes.push_back(privacy->orders_route());
      return routes;
    }
    case Service::analytics: {
      auto routes = analytics::analytics_routes(analytics->app);
      append(routes, analytics::alert_routes(analytics->alert_app));
      append(routes, analytics::system_routes(analytics->system));
      append(routes, recommendation::recommendation_routes(analytics->recommendations));
      append(routes, recommendation::experiment_routes(analytics->experiments));
      routes.push_back(privacy->recommendations_route());
      return routes;
    }
    case Service::gateway:
      break;
  }
  return {};
}

Routes Platform::Impl::api_routes() {
  Routes routes = shop_routes(ground.shop);
  append(routes, web::reference_routes());
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics}) {
    if (runs(service)) {
      append(routes, without_internal(routes_of(service)));
      continue;
    }
    for (const auto& prefix : prefixes_of(service))
      append(routes, gateway::proxy_routes(prefix, remote(service, Service::gateway), service_token()));
  }
  return routes;
}

void Platform::Impl::add_service(Service service, std::uint16_t port) {
  if (!runs(service)) return;
  auto routes = routes_of(service);
  append(routes, operations(std::string{to_string(service)}));
  const auto face = service == Service::gateway ? Listeners::Face::clients : Listeners::Face::services;
  listeners.add(std::string{to_string(service)}, port, std::move(routes), face);
}

void Platform::Impl::bind() {
  const auto& ports = ground.config.ports;
  add_service(Service::user, ports.user);
  add_service(Service::product, ports.product);
  add_service(Service::order, ports.order);
  add_service(Service::analytics, ports.analytics);
  add_service(Service::gateway, ports.gateway);
  if (!runs(Service::gateway)) return;
  auto pages = api_routes();
  append(pages, operations("dashboard"));
  append(pages, web::page_routes());
  listeners.add("dashboard", ports.dashboard, std::move(pages), Listeners::Face::clients);
}

void Platform::Impl::start_loops() {
  auto& loop = *ground.loops.back();
  using Stop = BackgroundLoops::StopFlag;
  background.start("log", loop, flush_log_each_second);
  if (ground.certificate)
    background.start("certificate", loop,
                     [this](Stop stop) { return renew_certificate(*ground.certificate, stop); });
  clients.start_loops(background, loop);
  if (kafka) kafka->start_loops(background, loop);
  if (key_follower) background.start("keys", loop, [this](Stop stop) { return key_follower->run(stop); });
  // Where this process alone has the user service, it knows what it revokes.
  if (remote_revocations || !ground.config.postgres.url.empty())
    background.start("revocations", loop, [this](Stop stop) { return revocations->run(stop); });
  if (products) {
    background.start("inventory", loop, [this](Stop stop) {
      return events::consume("inventory", log(Service::product), products->app.inventory_consumer, stop);
    });
    background.start("reservations", loop,
                     [this](Stop stop) { return products->app.settle_reservations.run(stop); });
  }
  if (compact_events)
    background.start("event retention", loop, [this](Stop stop) { return compact_events->run(stop); });
  if (analytics) analytics->start_loops(background, loop, log(Service::analytics));
  privacy->start_loops(background, loop);
}

/// Until they are known every token is refused, so a moment's patience spares the first clients that. Without
/// the user service the process starts all the same, and is not ready.
void Platform::Impl::wait_for_revocations() {
  const auto give_up = ground.clock.monotonic_now() + seconds{2};
  while (!revocations->caught_up() && ground.clock.monotonic_now() < give_up)
    std::this_thread::sleep_for(milliseconds{5});
}

Platform::Platform(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
Platform::~Platform() {
  stop();
}

void Platform::start() {
  if (impl_->users) {
    // Tokens that were dead before the restart are dead after it.
    if (const auto known = sync_wait(impl_->revocations->catch_up()); !known)
      throw std::runtime_error(known.error().message);
  }
  for (const auto& loop : impl_->ground.loops) loop->start();
  impl_->start_loops();
  impl_->wait_for_revocations();
  impl_->listeners.start();
  impl_->ready = true;
}

void Platform::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  const auto& config = impl_->ground.config;
  // Who asks /ready is told first, and served until it has noticed.
  const auto lame_duck = impl_->ready.exchange(false) ? config.lame_duck() : milliseconds{0};
  impl_->listeners.wind_down();
  std::this_thread::sleep_for(lame_duck);
  impl_->listeners.drain(config.runtime.drain_timeout - lame_duck);
  impl_->background.request_stop();
  impl_->background.join();
  // Reads refer to the stores and answer on the loops, so they end while both are there.
  impl_->ground.readers.stop();
  impl_->ground.analysts.stop();
  for (const auto& loop : impl_->ground.loops) loop->stop();
}

std::map<std::string, std::string> Platform::addresses() const {
  return impl_->listeners.addresses();
}

std::vector<ListedRoute> Platform::routes() const {
  std::vector<ListedRoute> listed;
  const auto list = [&](const std::string& service, const Routes& routes) {
    for (const auto& route : routes) {
      // Files are served below a prefix; they are no routes of the API.
      if (route.path.ends_with("...}")) continue;
      listed.push_back({service, std::string{http::to_string(route.method)}, route.path,
                        http::roles_of(route.access), audit_word(route)});
    }
  };
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics})
    if (impl_->runs(service)) list(std::string{to_string(service)}, impl_->routes_of(service));
  list("platform", impl_->operations("platform"));
  if (impl_->runs(Service::gateway)) {
    list("platform", shop_routes(impl_->ground.shop));
    list("platform", web::reference_routes());
  }
  return listed;
}

Result<std::string> Platform::sign_in_link(const std::string& email) {
  const auto addresses = impl_->listeners.addresses();
  const auto dashboard = addresses.find("dashboard");
  if (!impl_->users || dashboard == addresses.end())
    return fail(ErrorCode::validation_failed,
                "A sign-in link needs the user service and the dashboard in this process.");
  const Deadline deadline = impl_->ground.clock.monotonic_now() + seconds{5};
  const Caller caller{.deadline = deadline};
  CLOUDCART_TRY(const auto user,
                sync_wait(impl_->users->stores->users().find_by_email(caller.tenant, email, deadline)));
  if (!user) return fail(Error::not_found(fmt::format("The account {} was", email)));
  CLOUDCART_TRY(const auto code, sync_wait(impl_->users->app.issue_sign_in_code(caller, user->id)));
  return fmt::format("{}/#code={}", dashboard->second, code);
}

Result<std::optional<std::string>> Platform::offer_setup() {
  if (!impl_->users) return std::nullopt;
  const Caller caller{.deadline = impl_->ground.clock.monotonic_now() + seconds{5}};
  return sync_wait(impl_->users->app.set_up_shop.offer(caller));
}

}  // namespace cloudcart::app
