#include "simulation/node.h"

#include <algorithm>

namespace cloudcart::simulation {
namespace {

/// The order service's view of a product service in another process.
class WireCatalogue final : public order::Catalogue {
 public:
  WireCatalogue(Site site, Wire& wire, Node& products) : site_(site), wire_(wire), products_(products) {}

  Task<Result<std::vector<order::PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                       std::vector<order::LineRequest> lines,
                                                       Deadline deadline) override {
    using Answer = Result<std::vector<order::PricedLine>>;
    co_return co_await wire_.ask<Answer>(site_.process, Port::service_wire, products_,
                                         Access::repeatable_write, deadline, [=](Node& node) -> Task<Answer> {
                                           app::InProcessCatalogue catalogue(node.product_app());
                                           co_return co_await catalogue.reserve(
                                               tenant, order_id, lines, node.process().now() + time_to_serve);
                                         });
  }
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_return co_await wire_.ask<Status>(site_.process, Port::service_wire, products_,
                                         Access::repeatable_write, deadline, [=](Node& node) -> Task<Status> {
                                           app::InProcessCatalogue catalogue(node.product_app());
                                           co_return co_await catalogue.release(
                                               tenant, order_id, node.process().now() + time_to_serve);
                                         });
  }
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_return co_await wire_.ask<Status>(site_.process, Port::service_wire, products_,
                                         Access::repeatable_write, deadline, [=](Node& node) -> Task<Status> {
                                           app::InProcessCatalogue catalogue(node.product_app());
                                           co_return co_await catalogue.confirm(
                                               tenant, order_id, node.process().now() + time_to_serve);
                                         });
  }

 private:
  static constexpr seconds time_to_serve{10};
  const Site site_;
  Wire& wire_;
  Node& products_;
};

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

/// The order log of another process.
class WireEventLog final : public events::EventLog {
 public:
  WireEventLog(Site site, Wire& wire, Node& orders) : site_(site), wire_(wire), orders_(orders) {}

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override {
    using Answer = Result<std::vector<events::LogRecord>>;
    co_return co_await wire_.ask<Answer>(
        site_.process, Port::service_wire, orders_, Access::read, deadline,
        [=](Node& node) { return node.order_log().read(after, limit, deadline); });
  }
  Task<Result<std::int64_t>> end_position(Deadline deadline) override {
    co_return co_await wire_.ask<Result<std::int64_t>>(
        site_.process, Port::service_wire, orders_, Access::read, deadline,
        [=](Node& node) { return node.order_log().end_position(deadline); });
  }
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override {
    while (site_.process.is_alive()) {
      const auto now = site_.process.now();
      const auto end = co_await end_position(now + seconds{5});
      if (end && *end > after) co_return true;
      if (site_.process.now() >= until) break;
      co_await sleep_until(std::min(until, site_.process.now() + milliseconds{200}));
    }
    co_return false;
  }

 private:
  const Site site_;
  Wire& wire_;
  Node& orders_;
};

}  // namespace

/// One life of a process. Members come in order of dependency; the loops go first.
struct Node::Life {
  Life(Ground& ground, const std::string& name)
      : process(ground.context.scheduler, name), site{ground.context, process} {}

  Process process;
  const Site site;

  std::optional<SimProductRepository> products;
  std::optional<SimStockRepository> stock;
  std::optional<SimStockLedger> ledger;
  std::optional<SimCache> cache;
  std::optional<product::ProductApp> product_app;

  std::optional<SimOrderRepository> orders;
  std::optional<SimCustomers> customers;
  std::optional<order::MemoryEventLog> stored_log;
  std::optional<SimEventLog> order_log;
  std::unique_ptr<order::Catalogue> catalogue;
  std::optional<order::OrderApp> order_app;

  std::unique_ptr<events::EventLog> followed;
  std::optional<SimAnalyticsStore> analytics;
  std::optional<analytics::AnalyticsApp> analytics_app;

  BackgroundLoops loops;

  void add_product(Ground& ground) {
    products.emplace(site, ground.disks, ground.oracle);
    stock.emplace(site, ground.disks, ground.oracle);
    ledger.emplace(site, ground.disks, ground.oracle);
    cache.emplace(site);
    product_app.emplace(product::ProductApp::Dependencies{.products = *products,
                                                          .stock = *stock,
                                                          .ledger = *ledger,
                                                          .cache = *cache,
                                                          .clock = ground.context.scheduler,
                                                          .ids = ground.ids});
  }

  void add_order(Ground& ground, Node& product_node) {
    orders.emplace(site, ground.disks);
    customers.emplace(site, ground.disks);
    stored_log.emplace(ground.disks.orders);
    order_log.emplace(site, *stored_log);
    if (product_app) {
      catalogue = std::make_unique<app::InProcessCatalogue>(*product_app);
    } else {
      catalogue = std::make_unique<WireCatalogue>(site, ground.wire, product_node);
    }
    catalogue = std::make_unique<ForgetfulCatalogue>(site, std::move(catalogue));
    order_app.emplace(order::OrderApp::Dependencies{.orders = *orders,
                                                    .catalogue = *catalogue,
                                                    .customers = *customers,
                                                    .clock = ground.context.scheduler,
                                                    .ids = ground.ids,
                                                    .currency = Currency::parse("GBP").value()});
  }

  void choose_log(Ground& ground, Node& order_node) {
    if (ground.broker) {
      followed = std::make_unique<SimEventLog>(site, *ground.broker);
    } else if (order_log) {
      followed = std::make_unique<SimEventLog>(site, *stored_log);
    } else {
      followed = std::make_unique<WireEventLog>(site, ground.wire, order_node);
    }
  }

  void add_analytics(Ground& ground) {
    analytics.emplace(site, ground.disks);
    analytics_app.emplace(analytics::AnalyticsApp::Dependencies{
        .store = *analytics, .log = *followed, .clock = ground.context.scheduler, .shop = {}});
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
  if (roles_.product) life_->add_product(ground_);
  if (roles_.order) life_->add_order(ground_, products);
  life_->choose_log(ground_, orders);
  if (roles_.analytics) life_->add_analytics(ground_);
  if (roles_.product)
    life_->follow("inventory", life_->product_app->inventory_consumer, 1 + random.below(20));
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
product::ProductApp& Node::product_app() {
  return *life_->product_app;
}
analytics::AnalyticsApp& Node::analytics_app() {
  return *life_->analytics_app;
}
events::EventLog& Node::order_log() {
  return *life_->order_log;
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

Task<bool> Broker::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto ticket = appended_.ticket();
    if (!records_.empty() && records_.back().position > after) co_return true;
    if (!co_await appended_.wait(ticket, until)) co_return false;
  }
}

}  // namespace cloudcart::simulation
