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
#include "app/operations/logging.h"
#include "app/platform/in_process.h"
#include "app/platform/platform_impl.h"

namespace cloudcart::app {
namespace {

/// Until a stop no longer waits for the answers of other processes.
constexpr seconds patience_with_loops{1};

/// So that a quiet server's log lines are not held back.
Task<void> flush_log_each_second(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await stop.sleep_for(seconds{1});
    flush_log();
  }
}

/// Whoever renews certificates writes the files; nobody has to tell this process.
Task<void> renew_certificate(http::TlsCertificate& certificate, BackgroundLoops::StopFlag stop) {
  std::string trouble;
  while (!stop.stopping()) {
    const auto renewed = certificate.refresh();
    const auto known = std::exchange(trouble, renewed ? "" : renewed.error().message);
    if (!renewed) {
      if (known != trouble)
        spdlog::error("the present certificate stays, the new one cannot be used: {}", trouble);
    } else if (*renewed) {
      spdlog::info("new connections see the new certificate");
    }
    co_await stop.sleep_for(seconds{2});
  }
}

}  // namespace

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
  watch_lag();
  measure();
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
    catalogue = std::make_unique<InProcessCatalogue>(products->app, ground.tracer(Service::product));
  } else {
    catalogue =
        std::make_unique<order::HttpCatalogue>(remote(Service::product, Service::order), service_token());
  }
  if (users) {
    customers = std::make_unique<InProcessCustomers>(users->stores->users(), ground.tracer(Service::user));
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
    assortment = std::make_unique<InProcessAssortment>(products->app, ground.tracer(Service::product));
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
      return events::consume("inventory", log(Service::product), products->app.inventory_consumer, stop,
                             {.tracing = ground.event_tracing(Service::product)});
    });
    background.start("reservations", loop,
                     [this](Stop stop) { return products->app.settle_reservations.run(stop); });
  }
  if (compact_events)
    background.start("event retention", loop, [this](Stop stop) { return compact_events->run(stop); });
  if (lag_watch) background.start("lag", loop, [this](Stop stop) { return lag_watch->run(stop); });
  if (analytics)
    analytics->start_loops(background, loop, log(Service::analytics),
                           ground.event_tracing(Service::analytics));
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
  if (impl_->ground.tracing) impl_->ground.tracing->start();
  for (const auto& loop : impl_->ground.loops) loop->start();
  impl_->start_loops();
  impl_->wait_for_revocations();
  impl_->listeners.start();
  impl_->ready = true;
}

void Platform::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  const auto& config = impl_->ground.config;
  const auto until = impl_->ground.clock.monotonic_now() + config.runtime.drain_timeout;
  // Who asks /ready is told first, and served until it has noticed.
  const auto lame_duck = impl_->ready.exchange(false) ? config.lame_duck() : milliseconds{0};
  impl_->listeners.wind_down();
  std::this_thread::sleep_for(lame_duck);
  impl_->listeners.drain(config.runtime.drain_timeout - lame_duck);
  impl_->background.request_stop();
  // What a loop has asked of another process is asked again after the next start.
  if (!impl_->background.join_for(patience_with_loops)) impl_->clients.stop();
  impl_->background.join();
  // Reads refer to the stores and answer on the loops, so they end while both are there.
  impl_->ground.readers.stop();
  impl_->ground.analysts.stop();
  if (impl_->ground.tracing) {
    const auto left = std::chrono::floor<milliseconds>(until - impl_->ground.clock.monotonic_now());
    impl_->ground.tracing->stop(std::max(left, milliseconds{0}));
  }
  for (const auto& loop : impl_->ground.loops) loop->stop();
}

std::map<std::string, std::string> Platform::addresses() const {
  return impl_->listeners.addresses();
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
