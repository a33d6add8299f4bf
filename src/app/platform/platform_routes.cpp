#include <fmt/format.h>

#include "analytics/http/alert_routes.h"
#include "analytics/http/routes.h"
#include "analytics/http/system_routes.h"
#include "app/operations/operations_routes.h"
#include "app/platform/platform_impl.h"
#include "audit/audit_routes.h"
#include "audit/audited_routes.h"
#include "gateway/proxy.h"
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

}  // namespace

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

std::vector<http::Route> Platform::Impl::operations(const std::string& service) {
  HealthSource source{.service = service,
                      .started_at = ground.clock.monotonic_now(),
                      .dependencies = {},
                      .services = {},
                      .ready = [this] { return is_ready(); }};
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
std::vector<http::Route> Platform::Impl::routes_of(Service service) {
  if (service == Service::gateway) return api_routes();
  auto& trail = audit_of(service);
  auto routes = audit::audited(unaudited_routes_of(service), trail, ground.clock, ground.ids);
  append(routes, audit::audit_routes(to_string(service), trail, ground.clock, ground.ids));
  return routes;
}

std::vector<http::Route> Platform::Impl::unaudited_routes_of(Service service) {
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

std::vector<http::Route> Platform::Impl::api_routes() {
  Routes routes = shop_routes(ground.shop);
  append(routes, web::reference_routes());
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics}) {
    if (runs(service)) {
      auto own = without_internal(routes_of(service));
      append(routes,
             ground.tracing ? traced_routes(std::move(own), *ground.tracer(service)) : std::move(own));
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

}  // namespace cloudcart::app
