#include <random>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "adapters/memory/cache/memory_cache.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_event_log.h"
#include "adapters/memory/order/memory_order_repository.h"
#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/memory/product/memory_stock_ledger.h"
#include "adapters/memory/product/memory_stock_repository.h"
#include "app/platform/in_process.h"
#include "events/consumer.h"
#include "order/app/order_app.h"
#include "support/fake_clock.h"
#include "support/order_history.h"

namespace cloudcart::app {
namespace {

using order::LineRequest;
using order::PricedLine;
using test::numbered;

constexpr auto no_deadline = Deadline::max();
const TenantId shop;
constexpr std::uint32_t product_count = 3;
constexpr std::int64_t stocked = 40;

/// Everything that is left to chance, from one seed.
class Chance {
 public:
  explicit Chance(std::uint32_t seed) : random_(seed) {}
  bool trouble = true;

  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint32_t>(bound)); }
  bool strikes(int percent) { return trouble && below(100) < percent; }
  /// Lets others run in between.
  Task<void> pause(int longest = 4) {
    for (int turns = below(longest); turns > 0; --turns) co_await sleep_until(Executor::current()->now());
  }

 private:
  std::mt19937 random_;
};

std::unexpected<Error> lost() {
  return fail(ErrorCode::outcome_unknown, "lost");
}
std::unexpected<Error> unreachable() {
  return fail(ErrorCode::unavailable, "unreachable");
}

/// A network between the services: requests get lost, answers get lost, and some requests arrive long after their
/// sender has given up.
class UnreliableCatalogue final : public order::Catalogue {
 public:
  UnreliableCatalogue(order::Catalogue& inner, Chance& chance) : inner_(inner), chance_(chance) {}
  int under_way = 0;

  Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                std::vector<LineRequest> lines, Deadline deadline) override {
    co_await chance_.pause();
    if (chance_.strikes(10)) co_return unreachable();
    if (chance_.strikes(15)) {
      ++under_way;
      start(reserve_late(tenant, order_id, lines, deadline), [this](auto) { --under_way; });
      co_return lost();
    }
    auto reserved = co_await inner_.reserve(tenant, order_id, lines, deadline);
    co_await chance_.pause();
    if (chance_.strikes(10)) co_return lost();
    co_return reserved;
  }
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_await chance_.pause();
    if (chance_.strikes(30)) co_return unreachable();
    co_return co_await inner_.release(tenant, order_id, deadline);
  }
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_await chance_.pause();
    if (chance_.strikes(30)) co_return unreachable();
    co_return co_await inner_.confirm(tenant, order_id, deadline);
  }

 private:
  Task<void> reserve_late(TenantId tenant, OrderId order_id, std::vector<LineRequest> lines,
                          Deadline deadline) {
    co_await chance_.pause(60);
    (void)co_await inner_.reserve(tenant, order_id, lines, deadline);
  }

  order::Catalogue& inner_;
  Chance& chance_;
};

class UnreliableOrders final : public product::Orders {
 public:
  UnreliableOrders(product::Orders& inner, Chance& chance) : inner_(inner), chance_(chance) {}

  Task<Result<std::vector<std::optional<OrderStatus>>>> settle(TenantId tenant, std::vector<OrderId> ids,
                                                               Deadline deadline) override {
    co_await chance_.pause();
    if (chance_.strikes(10)) co_return unreachable();
    auto statuses = co_await inner_.settle(tenant, ids, deadline);
    co_await chance_.pause();
    if (chance_.strikes(20)) co_return lost();
    co_return statuses;
  }

 private:
  product::Orders& inner_;
  Chance& chance_;
};

/// An order service that dies before a commit, after it, or is too busy for it.
class CrashingRepository final : public order::OrderRepository {
 public:
  CrashingRepository(order::OrderRepository& inner, Chance& chance) : inner_(inner), chance_(chance) {}

  Task<Status> create(order::NewOrder order, Deadline deadline) override {
    co_await chance_.pause(30);
    if (chance_.strikes(10)) co_return fail(ErrorCode::overloaded, "busy");
    if (chance_.strikes(15)) co_return lost();
    auto created = co_await inner_.create(std::move(order), deadline);
    if (chance_.strikes(10)) co_return lost();
    co_return created;
  }
  Task<Result<bool>> drop_claim(order::HeldKey key, Deadline deadline) override {
    if (chance_.strikes(20)) co_return unreachable();
    co_return co_await inner_.drop_claim(std::move(key), deadline);
  }
  Task<Result<order::BoundKey>> claim_key(order::ClaimRequest request, Deadline deadline) override {
    return inner_.claim_key(std::move(request), deadline);
  }
  Task<Result<order::OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                                   Deadline deadline) override {
    return inner_.close_missing(std::move(tenant), std::move(ids), now, deadline);
  }
  Task<Status> save_transition(order::Order order, std::int64_t version, events::OrderEvent event,
                               Deadline deadline) override {
    return inner_.save_transition(std::move(order), version, std::move(event), deadline);
  }
  Task<Result<std::optional<order::Order>>> find(TenantId tenant, OrderId id, Deadline deadline) override {
    return inner_.find(std::move(tenant), id, deadline);
  }
  Task<Result<order::OrderPage>> list(TenantId tenant, order::OrderQuery query, Deadline deadline) override {
    return inner_.list(std::move(tenant), std::move(query), deadline);
  }
  Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId id,
                                                          Deadline deadline) override {
    return inner_.events_of(std::move(tenant), id, deadline);
  }

 private:
  order::OrderRepository& inner_;
  Chance& chance_;
};

/// Both services with their real use cases, on fakes that fail by chance.
class World {
 public:
  explicit World(std::uint32_t seed) : chance(seed) {
    customers.add(numbered<UserId>(1));
    std::vector<product::Product> stock_list;
    for (std::uint32_t n = 1; n <= product_count; ++n)
      stock_list.push_back({.id = numbered<ProductId>(n),
                            .name = "Pot",
                            .price = Money{100},
                            .inventory_count = stocked,
                            .created_at = clock.now()});
    std::vector<Task<void>> tasks;
    tasks.push_back(import(std::move(stock_list)));
    run(std::move(tasks));
  }

  /// Runs the tasks at once, to their ends, and to those of all that is still on its way.
  void run(std::vector<Task<void>> tasks) {
    std::size_t ended = 0;
    const auto count = tasks.size();
    for (auto& task : tasks) start(std::move(task), [&](auto) { ++ended; });
    executor.run_until([&] { return ended == count && catalogue.under_way == 0; });
  }

  Task<void> import(std::vector<product::Product> stock_list) {
    (void)co_await products.import_products(shop, std::move(stock_list), no_deadline);
  }
  Task<void> place(std::optional<std::string> key, std::vector<LineRequest> lines) {
    co_await chance.pause(80);
    order::PlaceOrderRequest request{numbered<UserId>(1), std::move(lines), "12 St James Square", {}};
    if (key) request.key = IdempotencyKey{*key};
    const auto placed = co_await orders_app.place_order({.user = numbered<UserId>(1)}, std::move(request));
    last_error = placed ? std::optional<ErrorCode>{} : placed.error().code;
  }
  Task<void> move_some_order() {
    co_await chance.pause(120);
    if (order_state.orders.empty()) co_return;
    auto chosen = order_state.orders.begin();
    std::advance(chosen, chance.below(static_cast<int>(order_state.orders.size())));
    const auto id = chosen->first.second;
    const Caller staff{.user = numbered<UserId>(2), .role = Role::staff};
    if (chance.below(2)) {
      (void)co_await orders_app.cancel_order(staff, id);
    } else {
      (void)co_await orders_app.change_status(staff, id, OrderStatus::confirmed);
    }
  }
  Task<void> settle() {
    co_await chance.pause(120);
    clock.advance(seconds{chance.below(6)});
    (void)co_await products_app.settle_reservations(no_deadline);
  }
  Task<void> follow_events() {
    co_await chance.pause(120);
    (void)co_await events::catch_up(log, products_app.inventory_consumer);
  }

  std::vector<LineRequest> some_lines() {
    std::vector<LineRequest> lines;
    for (int i = chance.below(3); i >= 0; --i)
      lines.push_back({numbered<ProductId>(static_cast<std::uint32_t>(1 + chance.below(product_count))),
                       1 + chance.below(3)});
    return lines;
  }

  /// The figures as the orders that are there say they must be.
  std::map<ProductId, product::Stock> expected() const {
    std::map<ProductId, product::Stock> wanted;
    for (std::uint32_t n = 1; n <= product_count; ++n) wanted[numbered<ProductId>(n)] = {stocked, 0, 0};
    for (const auto& [id, order] : order_state.orders) {
      if (order.status == OrderStatus::cancelled) continue;
      for (const auto& line : order.lines) {
        auto& figures = wanted.at(line.product_id);
        figures.available -= line.quantity;
        (order.status == OrderStatus::pending ? figures.reserved : figures.sold) += line.quantity;
      }
    }
    return wanted;
  }
  void expect_stock_of_orders() {
    const auto audits = product_store.shops[shop];
    const auto wanted = expected();
    for (const auto& [id, kept] : audits.stock) {
      EXPECT_TRUE(kept == wanted.at(id))
          << "kept " << kept.available << "/" << kept.reserved << "/" << kept.sold << ", the orders say "
          << wanted.at(id).available << "/" << wanted.at(id).reserved << "/" << wanted.at(id).sold;
      product::Stock by_ledger;
      for (const auto& entry : audits.ledger.at(id)) {
        by_ledger = after(by_ledger, entry.movement, entry.delta);
        EXPECT_TRUE(is_possible(by_ledger));
      }
      EXPECT_EQ(kept, by_ledger);
    }
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  Chance chance;
  test::FakeClock clock;
  SystemIdGenerator ids{clock};

  order::MemoryOrderState order_state;
  order::MemoryOrderRepository stored_orders{order_state};
  CrashingRepository orders{stored_orders, chance};
  order::MemoryEventLog log{order_state};
  InProcessOrders near_orders{stored_orders, clock};
  UnreliableOrders far_orders{near_orders, chance};

  product::MemoryProductStore product_store;
  product::MemoryProductRepository products{product_store};
  product::MemoryStockRepository stock{product_store};
  product::MemoryStockLedger ledger{product_store};
  MemoryCache cache{clock};
  product::ProductApp products_app{{.products = products,
                                    .stock = stock,
                                    .ledger = ledger,
                                    .orders = far_orders,
                                    .cache = cache,
                                    .clock = clock,
                                    .ids = ids,
                                    .reservation_timeout = seconds{10}}};

  InProcessCatalogue near_catalogue{products_app};
  UnreliableCatalogue catalogue{near_catalogue, chance};
  order::MemoryCustomers customers;
  order::OrderApp orders_app{{orders, catalogue, customers, clock, ids, Currency::parse("GBP").value()}};
  std::optional<ErrorCode> last_error;
};

/// Whatever is lost, late, slow or dead in between: once the trouble is over and all have settled, the product service
/// holds exactly what the orders that are there say, and every key leads to an order or a plain refusal.
TEST(StockAndOrdersTest, AgreeAfterAnyTrouble) {
  constexpr std::uint32_t seeds = 300;
  // Each trouble is a warning; thousands of them tell nothing.
  const auto level = spdlog::get_level();
  spdlog::set_level(spdlog::level::err);
  int orders_made = 0, ids_closed = 0, given_back = 0;
  for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    std::map<std::string, std::vector<LineRequest>> keys;
    for (int i = 0; i < 6; ++i) keys["key " + std::to_string(i)] = world.some_lines();
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 12; ++i) tasks.push_back(world.place(std::nullopt, world.some_lines()));
    for (int i = 0; i < 3; ++i)
      for (const auto& [key, lines] : keys) tasks.push_back(world.place(key, lines));
    for (int i = 0; i < 12; ++i) tasks.push_back(world.move_some_order());
    for (int i = 0; i < 8; ++i) tasks.push_back(world.settle());
    for (int i = 0; i < 4; ++i) tasks.push_back(world.follow_events());
    world.run(std::move(tasks));

    world.chance.trouble = false;
    const auto settle_all = [&] {
      world.clock.advance(std::chrono::hours{1});
      std::vector<Task<void>> last;
      last.push_back(world.follow_events());
      last.push_back(world.settle());
      world.run(std::move(last));
      world.expect_stock_of_orders();
    };
    settle_all();
    for (const auto& [key, lines] : keys) {
      std::vector<Task<void>> retry;
      retry.push_back(world.place(key, lines));
      world.run(std::move(retry));
      EXPECT_TRUE(!world.last_error || world.last_error == ErrorCode::insufficient_inventory)
          << to_string(*world.last_error);
    }
    settle_all();
    orders_made += static_cast<int>(world.order_state.orders.size());
    ids_closed += static_cast<int>(world.order_state.closed.size());
    for (const auto& [id, entries] : world.product_store.shops[shop].ledger)
      given_back += static_cast<int>(
          std::ranges::count(entries, product::Movement::release, &product::StockMovement::movement));
    if (testing::Test::HasFailure()) return;
  }
  spdlog::set_level(level);
  // The seeds do lead through what this is about.
  EXPECT_GT(orders_made, 1000);
  EXPECT_GT(ids_closed, 100);
  EXPECT_GT(given_back, 1000);
}

}  // namespace
}  // namespace cloudcart::app
