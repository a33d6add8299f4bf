#include "simulation/world.h"

#include <stdexcept>

#include "simulation/workload.h"

namespace cloudcart::simulation {
namespace {

/// Far beyond what any seed needs.
constexpr std::uint64_t most_steps = 400'000;
constexpr std::chrono::minutes longest_rest{60};

class World {
 public:
  World(std::uint64_t seed, Options options, Tally& tally);
  ~World();
  void run();
  Outcome outcome() const;

 private:
  void stock_shelves();
  void start_clients();
  bool step();
  void disturb();
  void crash(Node& node);
  void start(Node& node) { node.start(*order_node_, *product_node_); }
  void come_to_rest();
  bool is_at_rest();
  template <class Done>
  bool run_until(Done done, MonotonicTime until);

  Context context_;
  Disks disks_;
  Broker broker_;
  Oracle oracle_;
  Wire wire_;
  SeededIds ids_;
  Ground ground_;
  std::vector<std::unique_ptr<Node>> nodes_;
  Node* order_node_ = nullptr;
  Node* product_node_ = nullptr;
  Node* analytics_node_ = nullptr;
  Process home_;
  std::optional<Shopfront> front_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t clients_at_work_ = 0;
  std::vector<std::uint64_t> crash_steps_;
};

World::World(std::uint64_t seed, Options options, Tally& tally)
    : context_(seed, options.mutation, tally, options.traces),
      broker_(context_, disks_.orders),
      oracle_(context_, disks_, context_.plan.broker ? broker_.records() : disks_.orders.log),
      wire_(context_),
      ids_(context_.scheduler, seed),
      ground_{context_, disks_, oracle_, wire_, ids_, context_.plan.broker ? &broker_ : nullptr},
      home_(context_.scheduler, "clients") {
  if (context_.plan.distributed) {
    nodes_.push_back(std::make_unique<Node>(ground_, "order service", Roles{.order = true}));
    nodes_.push_back(std::make_unique<Node>(ground_, "product service", Roles{.product = true}));
    nodes_.push_back(std::make_unique<Node>(ground_, "analytics service", Roles{.analytics = true}));
  } else {
    nodes_.push_back(std::make_unique<Node>(ground_, "platform", Roles{true, true, true}));
  }
  order_node_ = nodes_.front().get();
  product_node_ = context_.plan.distributed ? nodes_[1].get() : order_node_;
  analytics_node_ = nodes_.back().get();
  tally.seen(context_.plan.distributed ? "shape: a process per service" : "shape: one process");
  if (context_.plan.calm) tally.seen("shape: without faults");
  front_.emplace(Shopfront{
      context_, oracle_, wire_, home_, *order_node_, *product_node_, *analytics_node_, {}, {}, {}, {}});
}

World::~World() {
  for (auto& node : nodes_) node->stop();
  home_.die();
  home_.drain();
}

Outcome World::outcome() const {
  const auto time = context_.scheduler.monotonic_now().time_since_epoch();
  Outcome outcome{context_.violation, context_.scheduler.steps(),
                  std::chrono::duration_cast<milliseconds>(time).count()};
  for (const auto& [position, event] : disks_.orders.log)
    outcome.log_hash = outcome.log_hash * 31 + std::hash<std::string>{}(events::to_json(event));
  return outcome;
}

void World::stock_shelves() {
  auto& random = context_.random();
  const auto products = random.between(1, 4);
  for (std::int64_t i = 0; i < products; ++i) {
    product::Product product{.id = ids_.next_id<ProductId>(),
                             .name = fmt::format("Thing {}", i),
                             .price = Money{random.between(1, 999)},
                             .category_name = "Things",
                             .inventory_count = random.between(1, 25)};
    disks_.products.shops[TenantId{}].add(product, {"Product created", std::nullopt});
    oracle_.product_changed(++disks_.products.changes, product.id);
    front_->shelf.push_back(product.id);
  }
  const auto users = random.between(2, 5);
  for (std::int64_t i = 0; i < users; ++i) {
    front_->users.push_back(ids_.next_id<UserId>());
    disks_.customers.add(front_->users.back());
  }
}

void World::start_clients() {
  auto& random = context_.random();
  for (std::size_t i = 0; i < front_->users.size(); ++i)
    clients_.push_back(std::make_unique<Client>(*front_, front_->users[i], i == 0));
  // The same person in several places: requests of one account at the same time.
  for (auto& client : clients_) {
    for (auto places = random.between(1, 3); places > 0; --places) {
      ++clients_at_work_;
      home_.spawn(client->live(static_cast<std::size_t>(random.between(2, 10))),
                  [this](const auto&) { --clients_at_work_; });
    }
  }
}

void World::run() {
  stock_shelves();
  for (auto& node : nodes_) start(*node);
  for (std::size_t i = 0; i < context_.plan.crashes; ++i)
    crash_steps_.push_back(20 + context_.random().below(1500));
  start_clients();
  if (!run_until([this] { return clients_at_work_ == 0; },
                 context_.scheduler.monotonic_now() + longest_rest) &&
      !context_.violation)
    context_.violate("liveness", "clients wait for ever");
  if (!context_.violation) come_to_rest();
}

bool World::step() {
  try {
    if (!context_.scheduler.step()) context_.violate("liveness", "nothing is left to run");
    oracle_.check_step();
  } catch (const std::exception& failure) {
    context_.violate("no defects", failure.what());
  }
  if (context_.scheduler.steps() > most_steps) context_.violate("liveness", "the steps never end");
  return !context_.violation;
}

template <class Done>
bool World::run_until(Done done, MonotonicTime until) {
  while (!done()) {
    if (context_.scheduler.monotonic_now() > until) return false;
    if (!context_.is_quiet) disturb();
    if (!step()) return false;
  }
  return true;
}

void World::disturb() {
  auto& random = context_.random();
  if (context_.plan.broker && random.percent(5)) broker_.relay();
  if (context_.plan.clock_moves > 0 && random.below(200) == 0) {
    --context_.plan.clock_moves;
    const std::chrono::minutes by{random.between(-120, 120)};
    context_.trace("the wall clock moves by {} minutes", by.count());
    context_.scheduler.move_wall_clock(by);
    context_.tally.seen("clock: moved");
  }
  if (std::erase(crash_steps_, context_.scheduler.steps()) > 0) crash(*nodes_[random.below(nodes_.size())]);
}

void World::crash(Node& node) {
  if (!node.is_up()) return;
  context_.tally.seen(node.process().running() > 0 ? "crash: with requests under way"
                                                   : "crash: of an idle process");
  node.stop();
  auto& orders = disks_.orders;
  if (context_.is(Mutation::commit_lost_in_crash) && node.roles().order && !orders.log.empty() &&
      orders.log.back().event.is_created()) {
    orders.orders.erase({TenantId{}, orders.log.back().event.order_id});
    orders.log.pop_back();
  }
  // A store may know by the name of the process that a claim's owner is gone (OrderRepository::claim_key).
  if (node.roles().order && context_.random().percent(50))
    for (auto& [scope, entry] : orders.keys)
      if (!entry.completed) entry.held_until = Timestamp{};
  const auto down = milliseconds{context_.random().between(0, 3000)};
  wire_.process().post_at(context_.scheduler.monotonic_now() + down, [this, &node] {
    if (!node.is_up()) start(node);
  });
}

bool World::is_at_rest() {
  if (clients_at_work_ > 0 || home_.running() > 0 || wire_.writes_under_way() > 0) return false;
  for (const auto& node : nodes_)
    if (!node->is_up()) return false;
  if (oracle_.holds_for_nobody()) return false;
  const auto& log = context_.plan.broker ? broker_.records() : disks_.orders.log;
  const auto end = log.empty() ? 0 : log.back().position;
  return disks_.products.followed_position == end &&
         at_once(disks_.analytics.store.position(Deadline::max())).value() == end;
}

void World::come_to_rest() {
  context_.trace("no more faults");
  context_.is_quiet = true;
  for (auto& node : nodes_)
    if (!node->is_up()) start(*node);
  for (auto& client : clients_) {
    ++clients_at_work_;
    home_.spawn(client->settle(), [this](const auto&) { --clients_at_work_; });
  }
  const auto until = context_.scheduler.monotonic_now() + longest_rest;
  // Clients get their answers with the clock as it is; only stock whose order never came may wait for it.
  run_until([this] { return clients_at_work_ == 0; }, until);
  context_.scheduler.put_wall_clock_right();
  const auto rests = [this] {
    broker_.relay_everything();
    return is_at_rest();
  };
  const bool is_settled = !context_.violation && run_until(rests, until);
  if (context_.violation) return;
  if (!is_settled) return context_.violate("liveness", "the world does not come to rest");
  oracle_.check_end();
}

}  // namespace

Outcome simulate(std::uint64_t seed, Options options, Tally& tally) {
  World world(seed, options, tally);
  world.run();
  return world.outcome();
}

}  // namespace cloudcart::simulation
