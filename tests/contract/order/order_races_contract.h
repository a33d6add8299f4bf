#pragma once

#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "events/event_log.h"
#include "order/app/order_app.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

using test::numbered;

inline auto yield() {
  return sleep_until(Executor::current()->now());
}

/// Lets everybody else run before and after each call.
class YieldingCatalogue final : public Catalogue {
 public:
  explicit YieldingCatalogue(Catalogue& inner) : inner_(inner) {}
  Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                std::vector<LineRequest> lines, Deadline deadline) override {
    co_await yield();
    auto priced = co_await inner_.reserve(std::move(tenant), order_id, std::move(lines), deadline);
    co_await yield();
    co_return priced;
  }
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_await yield();
    co_return co_await inner_.release(std::move(tenant), order_id, deadline);
  }
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override {
    co_await yield();
    co_return co_await inner_.confirm(std::move(tenant), order_id, deadline);
  }

 private:
  Catalogue& inner_;
};

/// The use cases under many callers at once. `Orders` has members `repository` and `log`.
template <class Orders>
class OrderRaces : public testing::Test {
 protected:
  static constexpr std::int64_t stocked = 100'000;
  const ProductId pot = numbered<ProductId>(1);

  Orders adapters;
  SystemClock clock;
  SystemIdGenerator ids{clock};
  MemoryCatalogue stock;
  YieldingCatalogue catalogue{stock};
  MemoryCustomers customers;
  OrderApp app{{adapters.repository, catalogue, customers, clock, ids, Currency::parse("GBP").value()}};

  OrderRaces() {
    stock.put(pot, {.name = "Pot", .category = "", .price = Money{1999}, .available = stocked});
  }

  static Caller customer() { return {.user = numbered<UserId>(1)}; }
  static Caller staff() { return {.user = numbered<UserId>(2), .role = Role::staff}; }
  PlaceOrderRequest request(std::optional<IdempotencyKey> key) {
    return {numbered<UserId>(1), {{pot, 1}}, "12 St James Square", std::move(key)};
  }

  /// Runs all tasks at once, to their ends.
  template <class T>
  static std::vector<T> run_all(std::vector<Task<T>> tasks) {
    ManualExecutor executor;
    const Executor::Scope scope(executor);
    const auto count = tasks.size();
    std::vector<T> outcomes;
    for (auto& task : tasks)
      start(std::move(task), [&](auto outcome) { outcomes.push_back(std::get<0>(std::move(outcome))); });
    executor.run_until([&] { return outcomes.size() == count; });
    return outcomes;
  }

  std::vector<events::LogRecord> whole_log() {
    return sync_wait(adapters.log.read(0, 1'000'000, sample::no_deadline)).value();
  }

  /// Every order's events are a legal way from created, with contiguous versions, to the status it has now.
  void expect_legal_histories() {
    std::map<OrderId, std::vector<events::OrderEvent>> histories;
    std::set<EventId> event_ids;
    for (auto& [position, event] : whole_log()) {
      EXPECT_TRUE(event_ids.insert(event.event_id).second);
      histories[event.order_id].push_back(std::move(event));
    }
    for (const auto& [id, history] : histories) {
      EXPECT_EQ(history[0].status, OrderStatus::pending);
      for (std::size_t i = 0; i < history.size(); ++i) {
        EXPECT_EQ(history[i].version, static_cast<std::int64_t>(i) + 1);
        EXPECT_TRUE(i == 0 || may_follow(history[i - 1].status, history[i].status));
      }
      const auto order = sync_wait(adapters.repository.find({}, id, sample::no_deadline)).value();
      ASSERT_TRUE(order);
      EXPECT_EQ(order->status, history.back().status);
      EXPECT_EQ(order->version, history.back().version);
    }
  }
};

TYPED_TEST_SUITE_P(OrderRaces);

TYPED_TEST_P(OrderRaces, ManyPostsWithOneKeyMakeOneOrder) {
  const auto key = IdempotencyKey::parse("checkout-1");
  std::vector<Task<Result<Order>>> posts;
  for (int i = 0; i < 64; ++i) posts.push_back(this->app.place_order(this->customer(), this->request(key)));
  std::set<OrderId> made;
  for (const auto& outcome : this->run_all(std::move(posts))) {
    if (outcome) {
      made.insert(outcome->id);
    } else {
      EXPECT_EQ(outcome.error().code, ErrorCode::idempotency_in_progress);
    }
  }
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(this->stock.at(this->pot).reserved, 1);
  EXPECT_EQ(this->whole_log().size(), 1U);
  const auto again = sync_wait(this->app.place_order(this->customer(), this->request(key)));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, *made.begin());
}

TYPED_TEST_P(OrderRaces, ManyKeysMakeAsManyOrders) {
  std::vector<Task<Result<Order>>> posts;
  for (int i = 0; i < 200; ++i) {
    posts.push_back(
        this->app.place_order(this->customer(), this->request(IdempotencyKey{std::to_string(i % 50)})));
  }
  std::set<OrderId> made;
  for (const auto& outcome : this->run_all(std::move(posts)))
    if (outcome) made.insert(outcome->id);
  EXPECT_EQ(made.size(), 50U);
  EXPECT_EQ(this->stock.at(this->pot).reserved, 50);
  this->expect_legal_histories();
}

/// Random changes of a few orders by many at once; whatever the interleaving, only legal histories come of
/// it, and stock goes back exactly for what was cancelled.
TYPED_TEST_P(OrderRaces, ConcurrentTransitionsGiveLegalHistoriesOnly) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<Task<Result<Order>>> posts;
  for (int i = 0; i < 20; ++i)
    posts.push_back(this->app.place_order(this->customer(), this->request(std::nullopt)));
  const auto orders = this->run_all(std::move(posts));

  std::vector<Task<Result<Order>>> changes;
  for (int i = 0; i < 1000; ++i) {
    const auto id = orders[random() % orders.size()]->id;
    const auto next = all_order_statuses[random() % all_order_statuses.size()];
    changes.push_back(random() % 4 == 0 ? this->app.cancel_order(this->customer(), id)
                                        : this->app.change_status(this->staff(), id, next));
  }
  std::size_t changed = 0;
  for (const auto& outcome : this->run_all(std::move(changes))) {
    changed += outcome.has_value();
    EXPECT_TRUE(outcome || outcome.error().code == ErrorCode::invalid_transition);
  }
  this->expect_legal_histories();
  EXPECT_EQ(this->whole_log().size(), orders.size() + changed);

  std::int64_t cancelled = 0;
  for (const auto& record : this->whole_log()) cancelled += record.event.is_cancelled();
  const auto& product = this->stock.at(this->pot);
  EXPECT_EQ(product.available, this->stocked - static_cast<std::int64_t>(orders.size()) + cancelled);
  EXPECT_EQ(product.available + product.reserved + product.sold, this->stocked);
}

TYPED_TEST_P(OrderRaces, OfManyEqualTransitionsOneWins) {
  const auto order = sync_wait(this->app.place_order(this->customer(), this->request(std::nullopt))).value();
  std::vector<Task<Result<Order>>> changes;
  for (int i = 0; i < 32; ++i)
    changes.push_back(this->app.change_status(this->staff(), order.id, OrderStatus::confirmed));
  int won = 0;
  for (const auto& outcome : this->run_all(std::move(changes))) won += outcome.has_value();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(this->stock.at(this->pot).sold, 1);
  this->expect_legal_histories();
}

REGISTER_TYPED_TEST_SUITE_P(OrderRaces, ManyPostsWithOneKeyMakeOneOrder, ManyKeysMakeAsManyOrders,
                            ConcurrentTransitionsGiveLegalHistoriesOnly, OfManyEqualTransitionsOneWins);

}  // namespace cloudcart::order
