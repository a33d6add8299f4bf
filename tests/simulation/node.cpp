#include "simulation/node.h"

#include <algorithm>

#include "adapters/http/order/http_catalogue.h"
#include "adapters/http/order/http_event_log.h"
#include "adapters/http/product/http_orders.h"
#include "order/http/routes.h"
#include "product/http/internal_routes.h"
#include "simulation/wire_client.h"
#include "support/http_client.h"

namespace cloudcart::simulation {
namespace {

/// Bug: what is to be given back after a refusal is forgotten. Cancellations still give back, by the log.
class ForgetfulCatalogue final : public order::Catalogue {
 public:
  ForgetfulCatalogue(Site site, std::unique_ptr<order::Catalogue> inner)
      : site_(site), inner_(std::move(inner)) {}
  Task<Result<std::vector<order::PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                       std::vector<order::LineRequest> lines,
                                                       Deadline deadline) override {
    return inner_->reserve(std::move(tenant), order_id, std::move(lines), deadline);
  }
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override {
    if (site_.context.is(Mutation::drop_compensation)) co_return Status{};
    co_return co_await inner_->release(std::move(tenant), order_id, deadline);
  }
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override {
    return inner_->confirm(std::move(tenant), order_id, deadline);
  }

 private:
  const Site site_;
  const std::unique_ptr<order::Catalogue> inner_;
};

/// One for all: instruments are looked up by their names, and nobody reads them.
Metrics& metrics() {
  static Metrics metrics;
  return metrics;
}

http::Router router_of(std::vector<http::Route> routes) {
  http::Router router;
  router.add(std::move(routes));
  return router;
}

std::string service_token(const TenantId&) {
  return "service";
}

}  // namespace

/// One life of a process. Members come in order of dependency; the loops go first.
struct Node::Life {
  Life(Ground& ground, const std::string& name)
      : process(ground.context.scheduler, name), site{ground.context, process} {}

  Process process;
  const Site site;
  std::optional<WireClient> product_client, order_client;

  std::optional<SimOrderRepository> orders;
  std::unique_ptr<product::Orders> asked_orders;

  std::optional<SimProductRepository> products;
  std::optional<SimStockRepository> stock;
  std::optional<SimStockLedger> ledger;
  std::optional<SimCache> cache;
  std::optional<product::ProductApp> product_app;

  std::optional<SimCustomers> customers;
  std::optional<order::MemoryEventLog> stored_log;
  std::optional<SimEventLog> order_log;
  std::unique_ptr<order::Catalogue> catalogue;
  std::optional<order::OrderApp> order_app;

  std::unique_ptr<events::EventLog> followed;
  std::optional<SimAnalyticsStore> analytics;
  analytics::MemoryStock analytics_stock;  ///< nobody watches the stock here
  std::optional<analytics::AnalyticsApp> analytics_app;

  test::FakeAuthenticator authenticator;
  std::optional<http::Pipeline> pipeline;

  BackgroundLoops loops;

  void add_product(Ground& ground, Node& order_node) {
    if (orders) {
      asked_orders = std::make_unique<app::InProcessOrders>(*orders, ground.context.scheduler);
    } else {
      order_client.emplace(site, ground.wire, order_node);
      asked_orders = std::make_unique<product::HttpOrders>(*order_client, service_token);
    }
    products.emplace(site, ground.disks, ground.oracle);
    stock.emplace(site, ground.disks, ground.oracle);
    ledger.emplace(site, ground.disks, ground.oracle);
    cache.emplace(site);
    product_app.emplace(
        product::ProductApp::Dependencies{.products = *products,
                                          .stock = *stock,
                                          .ledger = *ledger,
                                          .orders = *asked_orders,
                                          .cache = *cache,
                                          .clock = ground.context.scheduler,
                                          .ids = ground.ids,
                                          .reservation_timeout = ground.context.plan.reservation_timeout});
  }

  void add_order(Ground& ground, Node& product_node) {
    customers.emplace(site, ground.disks);
    stored_log.emplace(ground.disks.orders);
    order_log.emplace(site, *stored_log);
    if (product_app) {
      catalogue = std::make_unique<app::InProcessCatalogue>(*product_app);
    } else {
      product_client.emplace(site, ground.wire, product_node);
      catalogue = std::make_unique<order::HttpCatalogue>(*product_client, service_token);
    }
    catalogue = std::make_unique<ForgetfulCatalogue>(site, std::move(catalogue));
    order_app.emplace(order::OrderApp::Dependencies{.orders = *orders,
                                                    .catalogue = *catalogue,
                                                    .customers = *customers,
                                                    .clock = ground.context.scheduler,
                                                    .ids = ground.ids,
                                                    .currency = Currency::parse("GBP").value()});
  }

  /// What other processes of the platform ask of this one.
  void add_routes(Ground& ground) {
    std::vector<http::Route> routes;
    if (product_app) routes = product::internal_product_routes(*product_app);
    if (order_app) std::ranges::move(order::order_routes(*order_app, *order_log), std::back_inserter(routes));
    pipeline.emplace(router_of(std::move(routes)), authenticator, ground.context.scheduler, ground.ids,
                     metrics(), http::PipelineOptions{.service = "simulation", .access_log = false});
  }

  void choose_log(Ground& ground, Node& order_node) {
    if (!order_client) order_client.emplace(site, ground.wire, order_node);
    if (ground.broker) {
      followed = std::make_unique<SimEventLog>(site, *ground.broker);
    } else if (order_log) {
      followed = std::make_unique<SimEventLog>(site, *stored_log);
    } else {
      followed = std::make_unique<order::HttpEventLog>(*order_client, service_token);
    }
  }

  void add_analytics(Ground& ground) {
    analytics.emplace(site, ground.disks);
    analytics_app.emplace(analytics::AnalyticsApp::Dependencies{.store = *analytics,
                                                                .cube = *analytics,
                                                                .letters = ground.disks.analytics.store,
                                                                .rebuild = ground.disks.analytics.store,
                                                                .log = *followed,
                                                                .stock = analytics_stock,
                                                                .clock = ground.context.scheduler,
                                                                .shop = {}});
  }

  void settle_reservations() {
    loops.start("reservations", process, [this](BackgroundLoops::StopFlag stop) {
      return product_app->settle_reservations.run(stop);
    });
  }

  void follow(std::string name, events::Consumer& consumer, std::size_t batch) {
    loops.start(name, process, [this, name, &consumer, batch](BackgroundLoops::StopFlag stop) {
      return events::consume(name, *followed, consumer, stop, {.batch = batch});
    });
  }
};

Node::Node(Ground& ground, std::string name, Roles roles)
    : ground_(ground), name_(std::move(name)), roles_(roles) {}
Node::~Node() {
  stop();
}

void Node::start(Node& orders, Node& products) {
  ground_.context.trace("{} starts", name_);
  life_ = std::make_unique<Life>(ground_, name_);
  auto& random = ground_.context.random();
  if (roles_.order) life_->orders.emplace(life_->site, ground_.disks);
  if (roles_.product) life_->add_product(ground_, orders);
  if (roles_.order) life_->add_order(ground_, products);
  if (ground_.context.plan.distributed) life_->add_routes(ground_);
  life_->choose_log(ground_, orders);
  if (roles_.analytics) life_->add_analytics(ground_);
  if (roles_.product)
    life_->follow("inventory", life_->product_app->inventory_consumer, 1 + random.below(20));
  if (roles_.product) life_->settle_reservations();
  if (roles_.analytics) life_->follow("analytics", life_->analytics_app->consumer, 1 + random.below(20));
}

void Node::stop() {
  if (!life_) return;
  ground_.context.trace("{} dies", name_);
  // Whoever asks from now on finds nobody.
  const auto life = std::move(life_);
  life->process.die();
  life->loops.request_stop();
  life->process.drain();
}

Process& Node::process() {
  return life_->process;
}
order::OrderApp& Node::order_app() {
  return *life_->order_app;
}
order::TransitionOrder Node::any_transition() {
  return {*life_->orders, *life_->catalogue, ground_.context.scheduler, ground_.ids};
}
http::Pipeline& Node::pipeline() {
  return *life_->pipeline;
}
product::ProductApp& Node::product_app() {
  return *life_->product_app;
}
analytics::AnalyticsApp& Node::analytics_app() {
  return *life_->analytics_app;
}

void Broker::publish_one() {
  auto& random = context_.random();
  const auto pick = random.below(in_flight_.size());
  const auto end = records_.empty() ? 0 : records_.back().position;
  records_.push_back({end + random.between(1, 3), std::move(in_flight_[pick])});
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(pick));
  appended_.notify_all();
}

void Broker::relay() {
  auto& random = context_.random();
  const auto& log = orders_.log;
  if (relayed_ > 0 && random.percent(3)) {
    // The relay died before it noted how far it was; at worst somebody fills a wiped broker again.
    relayed_ = random.percent(20) ? 0 : random.below(relayed_);
    context_.tally.seen(relayed_ == 0 ? "broker: wiped and filled again" : "broker: published again");
  }
  for (auto left = random.below(4); left > 0 && relayed_ < log.size(); --left)
    in_flight_.push_back(log[relayed_++].event);
  for (auto left = random.below(4); left > 0 && !in_flight_.empty(); --left) publish_one();
}

void Broker::relay_everything() {
  while (relayed_ < orders_.log.size()) in_flight_.push_back(orders_.log[relayed_++].event);
  while (!in_flight_.empty()) publish_one();
}

Task<Result<std::vector<events::LogRecord>>> Broker::read(std::int64_t after, std::size_t limit, Deadline) {
  const auto first = std::ranges::upper_bound(records_, after, {}, &events::LogRecord::position);
  const auto count = std::min(limit, static_cast<std::size_t>(records_.end() - first));
  co_return std::vector<events::LogRecord>(first, first + static_cast<std::ptrdiff_t>(count));
}

Task<Result<std::int64_t>> Broker::end_position(Deadline) {
  co_return records_.empty() ? 0 : records_.back().position;
}

Task<Result<std::int64_t>> Broker::count_beyond(std::int64_t after, Deadline) {
  co_return records_.end() - std::ranges::upper_bound(records_, after, {}, &events::LogRecord::position);
}

Task<bool> Broker::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto ticket = appended_.ticket();
    if (!records_.empty() && records_.back().position > after) co_return true;
    if (!co_await appended_.wait(ticket, until)) co_return false;
  }
}

}  // namespace cloudcart::simulation
