#include "order/app/place_order.h"

#include <gtest/gtest.h>

#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_order_repository.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"
#include "support/order_history.h"

namespace cloudcart::order {
namespace {

using test::numbered;

const auto buyer = numbered<UserId>(1);
const auto other_buyer = numbered<UserId>(2);
const auto pot = numbered<ProductId>(1);
const auto cup = numbered<ProductId>(2);

/// Answers `failure` once instead of, or after, doing what it was asked.
class FaultyCatalogue final : public Catalogue {
 public:
  explicit FaultyCatalogue(Catalogue& inner) : inner_(inner) {}
  std::optional<ErrorCode> after_reserve;
  std::optional<ErrorCode> on_release;
  bool wrong_answer = false;
  std::function<void()> during_reserve;

  Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                std::vector<LineRequest> lines, Deadline deadline) override {
    if (during_reserve) std::exchange(during_reserve, nullptr)();
    auto priced = co_await inner_.reserve(tenant, order_id, lines, deadline);
    if (wrong_answer) priced->pop_back();
    if (after_reserve) co_return fail(*std::exchange(after_reserve, std::nullopt), "lost");
    co_return priced;
  }
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override {
    if (on_release) co_return fail(*on_release, "lost");
    co_return co_await inner_.release(tenant, order_id, deadline);
  }
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override {
    return inner_.confirm(tenant, order_id, deadline);
  }

 private:
  Catalogue& inner_;
};

/// Fails the next create: before it happens, or after, as a lost answer does.
class FaultyRepository final : public OrderRepository {
 public:
  explicit FaultyRepository(OrderRepository& inner) : inner_(inner) {}
  std::optional<ErrorCode> instead_of_create;
  bool lose_the_answer = false;
  bool crash_before_create = false;
  bool closed_before_create = false;

  Task<Result<BoundKey>> claim_key(ClaimRequest request, Deadline deadline) override {
    return inner_.claim_key(std::move(request), deadline);
  }
  Task<Result<bool>> drop_claim(HeldKey key, Deadline deadline) override {
    return inner_.drop_claim(std::move(key), deadline);
  }
  Task<Status> create(NewOrder order, Deadline deadline) override {
    // A process that is gone neither commits nor cleans up, which is what an unknown outcome looks like from
    // here.
    if (std::exchange(crash_before_create, false)) co_return fail(ErrorCode::outcome_unknown, "crashed");
    if (std::exchange(closed_before_create, false)) {
      const std::vector ids{order.order.id};
      (void)co_await inner_.close_missing(order.order.tenant, ids, {}, deadline);
    }
    if (instead_of_create) co_return fail(*std::exchange(instead_of_create, std::nullopt), "no");
    auto created = co_await inner_.create(std::move(order), deadline);
    if (std::exchange(lose_the_answer, false)) co_return fail(ErrorCode::outcome_unknown, "lost");
    co_return created;
  }
  Task<Result<OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                            Deadline deadline) override {
    return inner_.close_missing(std::move(tenant), std::move(ids), now, deadline);
  }
  Task<Status> save_transition(Order order, std::int64_t version, events::OrderEvent event,
                               Deadline deadline) override {
    return inner_.save_transition(std::move(order), version, std::move(event), deadline);
  }
  Task<Result<std::optional<Order>>> find(TenantId tenant, OrderId order_id, Deadline deadline) override {
    return inner_.find(std::move(tenant), order_id, deadline);
  }
  Task<Result<OrderPage>> list(TenantId tenant, OrderQuery query, Deadline deadline) override {
    return inner_.list(std::move(tenant), std::move(query), deadline);
  }
  Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId order_id,
                                                          Deadline deadline) override {
    return inner_.events_of(std::move(tenant), order_id, deadline);
  }

 private:
  OrderRepository& inner_;
};

class PlaceOrderTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryOrderState state;
  MemoryOrderRepository memory{state};
  FaultyRepository orders{memory};
  MemoryCatalogue stock;
  FaultyCatalogue catalogue{stock};
  MemoryCustomers customers;
  PlaceOrder place_order{orders, catalogue, customers, clock, ids, Currency::parse("GBP").value()};

  PlaceOrderTest() {
    stock.put(pot, {.name = "Pot", .category = "Kitchen", .price = Money{1999}, .available = 10});
    stock.put(cup, {.name = "Cup", .category = "Kitchen", .price = Money{10}, .available = 100});
    customers.add(buyer);
  }

  static Caller customer(UserId user = buyer) { return {.user = user, .traceparent = "trace"}; }
  static Caller staff() { return {.user = numbered<UserId>(100), .role = Role::staff}; }
  static PlaceOrderRequest request(std::optional<std::string> key = std::nullopt, std::int64_t pots = 2) {
    PlaceOrderRequest request{
        .user_id = buyer, .lines = {{pot, pots}, {cup, 3}}, .shipping_address = "12 St James Square"};
    if (key) request.key = IdempotencyKey::parse(*key);
    return request;
  }
  Result<Order> place(PlaceOrderRequest request, Caller caller = customer()) {
    return sync_wait(place_order(std::move(caller), std::move(request)));
  }
  void expect_nothing_left() {
    EXPECT_TRUE(state.orders.empty());
    EXPECT_TRUE(state.log.empty());
    EXPECT_TRUE(state.keys.empty());
    expect_pots(10, 0);
  }
  void expect_pots(std::int64_t available, std::int64_t reserved) {
    EXPECT_EQ(stock.at(pot).available, available);
    EXPECT_EQ(stock.at(pot).reserved, reserved);
  }
};

TEST_F(PlaceOrderTest, TakesPricesAndNamesOfTheCatalogue) {
  const auto order = place(request());
  ASSERT_TRUE(order);
  EXPECT_EQ(order->total, Money{4028});
  EXPECT_EQ(order->lines[0].product_name, "Pot");
  EXPECT_EQ(order->lines[0].category_name, "Kitchen");
  EXPECT_EQ(order->currency.code(), "GBP");
  EXPECT_EQ(order->created_at, clock.now());
  EXPECT_EQ(state.orders.at({{}, order->id}), *order);
  ASSERT_EQ(state.log.size(), 1U);
  EXPECT_EQ(state.log[0].event.type, "order.created");
  EXPECT_EQ(state.log[0].event.order_id, order->id);
  EXPECT_EQ(state.log[0].event.traceparent, "trace");
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, OnlyStaffOrderForOthers) {
  EXPECT_EQ(place(request(), customer(other_buyer)).error().code, ErrorCode::forbidden);
  EXPECT_EQ(place(request(), {.user = other_buyer, .role = Role::analyst}).error().code,
            ErrorCode::forbidden);
  EXPECT_EQ(place(request(), {}).error().code, ErrorCode::unauthenticated);
  const auto order = place(request(), staff());
  ASSERT_TRUE(order);
  EXPECT_EQ(order->user_id, buyer);
}

TEST_F(PlaceOrderTest, StaffOrderForKnownAccountsOnly) {
  auto for_nobody = request("key");
  for_nobody.user_id = other_buyer;
  EXPECT_EQ(place(for_nobody, staff()).error().code, ErrorCode::not_found);
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, AProductThatIsNotThereIsNotFound) {
  auto unknown = request("key");
  unknown.lines.push_back({numbered<ProductId>(99), 1});
  const auto placed = place(unknown);
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, ErrorCode::not_found);
  EXPECT_EQ(placed.error().fields.at(0).field, "items[2].product_id");
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, LinesThatNoClientMaySendAreRefused) {
  auto bad = request();
  bad.lines[0].quantity = -1;
  EXPECT_EQ(place(bad).error().code, ErrorCode::validation_failed);
  bad.lines.clear();
  EXPECT_EQ(place(bad).error().code, ErrorCode::validation_failed);
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, TooLittleStockRefusesTheWholeOrderAndFreesTheKey) {
  const auto placed = place(request("key", 11));
  ASSERT_FALSE(placed);
  EXPECT_EQ(placed.error().code, ErrorCode::insufficient_inventory);
  EXPECT_EQ(placed.error().fields.at(0).field, pot.to_string());
  expect_nothing_left();
  EXPECT_TRUE(place(request("key", 10)));
}

TEST_F(PlaceOrderTest, AFailedCommitGivesTheStockBack) {
  for (const auto& key : {std::optional<std::string>{}, std::optional<std::string>{"key"}}) {
    orders.instead_of_create = ErrorCode::overloaded;
    EXPECT_EQ(place(request(key)).error().code, ErrorCode::overloaded);
    expect_nothing_left();
  }
}

TEST_F(PlaceOrderTest, AnUnknownCommitIsNotUndone) {
  orders.lose_the_answer = true;
  EXPECT_EQ(place(request()).error().code, ErrorCode::outcome_unknown);
  EXPECT_EQ(state.orders.size(), 1U);
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, TheStockOfAnOrderThatIsThereIsNotGivenBack) {
  orders.instead_of_create = ErrorCode::conflict;
  EXPECT_EQ(place(request()).error().code, ErrorCode::conflict);
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, ALostAnswerOfTheCatalogueIsUndone) {
  catalogue.after_reserve = ErrorCode::outcome_unknown;
  EXPECT_EQ(place(request("key")).error().code, ErrorCode::outcome_unknown);
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, ACatalogueThatReservesSomethingElseIsADefect) {
  catalogue.wrong_answer = true;
  EXPECT_EQ(place(request()).error().code, ErrorCode::internal);
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, AnOrderThatDoesNotFitIsRefusedAndUndone) {
  stock.put(pot, {.name = "Pot",
                  .category = "",
                  .price = Money{std::numeric_limits<std::int64_t>::max()},
                  .available = 10});
  EXPECT_EQ(place(request("key")).error().code, ErrorCode::validation_failed);
  expect_nothing_left();
}

TEST_F(PlaceOrderTest, AFailureToReleaseChangesNoAnswer) {
  orders.instead_of_create = ErrorCode::unavailable;
  catalogue.on_release = ErrorCode::unavailable;
  EXPECT_EQ(place(request()).error().code, ErrorCode::unavailable);
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, TheSameKeyGivesTheOrderAsItWasPlaced) {
  const auto first = place(request("key"));
  ASSERT_TRUE(first);
  auto later = state.orders.at({{}, first->id});
  clock.advance(seconds{5});
  ASSERT_TRUE(later.cancel(clock.now()));
  state.orders.at({{}, first->id}) = later;
  EXPECT_EQ(place(request("key")).value(), *first);
  EXPECT_EQ(state.orders.size(), 1U);
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, AnotherBodyUnderTheKeyIsAConflict) {
  ASSERT_TRUE(place(request("key")));
  EXPECT_EQ(place(request("key", 3)).error().code, ErrorCode::idempotency_conflict);
  expect_pots(8, 2);
}

TEST_F(PlaceOrderTest, KeysBelongToTheCaller) {
  customers.add(other_buyer);
  const auto own = place(request("key"));
  const auto by_staff = place(request("key"), staff());
  ASSERT_TRUE(own && by_staff);
  EXPECT_NE(own->id, by_staff->id);
}

TEST_F(PlaceOrderTest, AKeyIsForgottenAfterADay) {
  const auto first = place(request("key"));
  clock.advance(std::chrono::hours{24});
  const auto second = place(request("key"));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->id, second->id);
}

TEST_F(PlaceOrderTest, ACrashAfterTheReservationNeverReservesTwice) {
  orders.crash_before_create = true;
  EXPECT_EQ(place(request("key")).error().code, ErrorCode::outcome_unknown);
  expect_pots(8, 2);
  EXPECT_EQ(place(request("key")).error().code, ErrorCode::idempotency_in_progress);

  clock.advance(seconds{30});
  const auto order = place(request("key"));
  ASSERT_TRUE(order);
  expect_pots(8, 2);
  EXPECT_EQ(state.orders.size(), 1U);
}

/// The catalogue did not want to wait any longer: it had the id closed, and gave the stock back.
TEST_F(PlaceOrderTest, AnOrderThatWasClosedMeanwhileIsRefusedAndLeavesNothing) {
  for (const auto& key : {std::optional<std::string>{}, std::optional<std::string>{"key"}}) {
    orders.closed_before_create = true;
    const auto placed = place(request(key));
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().code, ErrorCode::deadline_exceeded);
    expect_nothing_left();
  }
  EXPECT_TRUE(place(request("key"))) << "and may be tried again";
}

TEST_F(PlaceOrderTest, AKeyWhoseOrderWasClosedBeginsAnew) {
  orders.crash_before_create = true;
  ASSERT_FALSE(place(request("key")));
  const auto abandoned = state.keys.begin()->second.order_id;
  EXPECT_EQ(sync_wait(memory.close_missing({}, {abandoned}, clock.now(), Deadline::max())).value(),
            OrderStatuses{std::nullopt});
  ASSERT_TRUE(sync_wait(stock.release({}, abandoned, Deadline::max())));
  const auto order = place(request("key"));
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_NE(order->id, abandoned);
  expect_pots(8, 2);
  EXPECT_EQ(place(request("key")).value(), *order);
}

TEST_F(PlaceOrderTest, ACrashAfterTheCommitIsSettledByAskingAgain) {
  orders.lose_the_answer = true;
  ASSERT_FALSE(place(request("key")));
  const auto order = place(request("key"));
  ASSERT_TRUE(order);
  EXPECT_EQ(state.orders.begin()->second.id, order->id);
  expect_pots(8, 2);
}

/// The first attempt hangs in the catalogue for longer than its claim holds, and a second one takes over and
/// finishes.
TEST_F(PlaceOrderTest, AnAttemptThatLostItsClaimNeitherCommitsNorGivesBack) {
  std::optional<Result<Order>> second;
  catalogue.during_reserve = [&] {
    clock.advance(seconds{31});
    start(place_order(customer(), request("key")),
          [&](auto outcome) { second = std::get<0>(std::move(outcome)); });
  };
  const auto first = place(request("key"));
  ASSERT_TRUE(second && *second);
  EXPECT_EQ(first.error().code, ErrorCode::idempotency_in_progress);
  EXPECT_EQ(state.orders.size(), 1U);
  expect_pots(8, 2);
  EXPECT_EQ(place(request("key")).value(), second->value());
}

/// As above, but the second attempt failed and gave everything back under the first one's feet.
TEST_F(PlaceOrderTest, AnAttemptWhoseOrderWasAbandonedByAnotherTakesNothing) {
  catalogue.during_reserve = [&] {
    clock.advance(seconds{31});
    orders.instead_of_create = ErrorCode::unavailable;
    start(place_order(customer(), request("key")), [](auto) {});
  };
  EXPECT_FALSE(place(request("key")));
  expect_nothing_left();
}

}  // namespace
}  // namespace cloudcart::order
