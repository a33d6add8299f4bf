#pragma once

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "runtime/executor.h"
#include "support/sample_orders.h"

namespace cloudcart::order {

/// What every OrderRepository keeps. `Orders` has a member `repository`.
template <class Orders>
class OrderRepositoryContract : public testing::Test {
 protected:
  Orders adapters;
  OrderRepository& orders = adapters.repository;

  Status create(Order order) {
    return sync_wait(orders.create(sample::new_order(std::move(order)), sample::no_deadline));
  }
  std::optional<Order> find(OrderId id, TenantId tenant = {}) {
    return sync_wait(orders.find(std::move(tenant), id, sample::no_deadline)).value();
  }
  std::vector<events::OrderEvent> history(OrderId id) {
    return sync_wait(orders.events_of({}, id, sample::no_deadline)).value();
  }
  Status save(Order order, std::int64_t expected_version) {
    auto event = sample::event(order);
    return sync_wait(
        orders.save_transition(std::move(order), expected_version, std::move(event), sample::no_deadline));
  }
  OrderPage list(OrderQuery query, TenantId tenant = {}) {
    return sync_wait(orders.list(std::move(tenant), std::move(query), sample::no_deadline)).value();
  }
  static std::vector<OrderId> ids_of(const OrderPage& page) {
    std::vector<OrderId> ids;
    for (const auto& order : page.orders) ids.push_back(order.id);
    return ids;
  }
  static std::vector<OrderId> ids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<OrderId> ids;
    for (const auto number : numbers) ids.push_back(test::numbered<OrderId>(number));
    return ids;
  }
  Result<BoundKey> claim(ClaimRequest request) {
    return sync_wait(orders.claim_key(std::move(request), sample::no_deadline));
  }
  Status create_under(const HeldKey& key, Order order) {
    auto entry = sample::new_order(std::move(order));
    entry.key = key;
    return sync_wait(orders.create(std::move(entry), sample::no_deadline));
  }
  OrderStatuses close_missing(std::initializer_list<std::uint32_t> numbers, TenantId tenant = {}) {
    return sync_wait(orders.close_missing(std::move(tenant), ids(numbers), sample::noon, sample::no_deadline))
        .value();
  }
  bool drop(const HeldKey& key) { return sync_wait(orders.drop_claim(key, sample::no_deadline)).value(); }
};

TYPED_TEST_SUITE_P(OrderRepositoryContract);

TYPED_TEST_P(OrderRepositoryContract, WhatWasCreatedIsReadBackWhole) {
  const auto order = sample::order(1);
  ASSERT_TRUE(this->create(order));
  EXPECT_EQ(this->find(order.id), order);
  EXPECT_EQ(this->history(order.id), std::vector{sample::event(order)});
}

TYPED_TEST_P(OrderRepositoryContract, UnknownOrdersAreEmpty) {
  EXPECT_EQ(this->find(test::numbered<OrderId>(7)), std::nullopt);
  EXPECT_TRUE(this->history(test::numbered<OrderId>(7)).empty());
  EXPECT_EQ(this->list({}).total, 0);
}

TYPED_TEST_P(OrderRepositoryContract, AnIdIsTakenOnce) {
  const auto order = sample::order(1);
  ASSERT_TRUE(this->create(order));
  auto other = order;
  other.user_id = test::numbered<UserId>(9);
  EXPECT_EQ(this->create(other).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->find(order.id), order);
  EXPECT_EQ(this->history(order.id).size(), 1U);
}

TYPED_TEST_P(OrderRepositoryContract, TenantsAreApart) {
  const TenantId other{"other"};
  ASSERT_TRUE(this->create(sample::order(1)));
  ASSERT_TRUE(this->create(sample::order(1, 2, other)));
  EXPECT_EQ(this->find(test::numbered<OrderId>(1))->user_id, test::numbered<UserId>(1));
  EXPECT_EQ(this->find(test::numbered<OrderId>(1), other)->user_id, test::numbered<UserId>(2));
  EXPECT_EQ(this->history(test::numbered<OrderId>(1)).size(), 1U);
  EXPECT_EQ(this->list({}).total, 1);
}

TYPED_TEST_P(OrderRepositoryContract, ATransitionIsSavedWithItsEvent) {
  auto order = sample::order(1);
  ASSERT_TRUE(this->create(order));
  ASSERT_TRUE(order.move_to(OrderStatus::confirmed, sample::noon + seconds{60}));
  ASSERT_TRUE(this->save(order, 1));
  ASSERT_TRUE(order.move_to(OrderStatus::cancelled, sample::noon + seconds{90}));
  ASSERT_TRUE(this->save(order, 2));
  EXPECT_EQ(this->find(order.id), order);
  const auto history = this->history(order.id);
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[1].type, "order.confirmed");
  EXPECT_EQ(history[2], sample::event(order));
}

TYPED_TEST_P(OrderRepositoryContract, OfTwoTransitionsFromOneVersionOneWins) {
  auto confirmed = sample::order(1);
  auto cancelled = confirmed;
  ASSERT_TRUE(this->create(confirmed));
  ASSERT_TRUE(confirmed.move_to(OrderStatus::confirmed, sample::noon));
  ASSERT_TRUE(cancelled.cancel(sample::noon));
  ASSERT_TRUE(this->save(confirmed, 1));
  EXPECT_EQ(this->save(cancelled, 1).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->find(confirmed.id), confirmed);
  EXPECT_EQ(this->history(confirmed.id).size(), 2U);
}

TYPED_TEST_P(OrderRepositoryContract, ATransitionOfNoOrderIsAConflict) {
  auto order = sample::order(1);
  ASSERT_TRUE(order.cancel(sample::noon));
  EXPECT_EQ(this->save(order, 1).error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->history(order.id).empty());
}

TYPED_TEST_P(OrderRepositoryContract, ListsComeNewestFirstInPages) {
  for (const std::uint32_t n : {3, 1, 5, 2, 4}) ASSERT_TRUE(this->create(sample::order(n)));
  const auto first = this->list({.limit = 2});
  EXPECT_EQ(this->ids_of(first), this->ids({5, 4}));
  EXPECT_EQ(first.total, 5);
  EXPECT_TRUE(first.has_more);
  EXPECT_EQ(first.orders[0], sample::order(5));
  const auto last = this->list({.limit = 2, .offset = 4});
  EXPECT_EQ(this->ids_of(last), this->ids({1}));
  EXPECT_FALSE(last.has_more);
  EXPECT_FALSE(this->list({.limit = 5}).has_more);
  const auto beyond = this->list({.limit = 2, .offset = 1'000'000});
  EXPECT_TRUE(beyond.orders.empty());
  EXPECT_EQ(beyond.total, 5);
}

TYPED_TEST_P(OrderRepositoryContract, ListsReadOnFromAnOrder) {
  for (std::uint32_t n = 1; n <= 5; ++n) ASSERT_TRUE(this->create(sample::order(n)));
  const auto page = this->list({.limit = 2, .before = test::numbered<OrderId>(4)});
  EXPECT_EQ(this->ids_of(page), this->ids({3, 2}));
  EXPECT_EQ(page.total, 5);
  EXPECT_TRUE(page.has_more);
  // A new order in between neither hides nor repeats one.
  ASSERT_TRUE(this->create(sample::order(6)));
  const auto rest = this->list({.limit = 2, .before = test::numbered<OrderId>(2)});
  EXPECT_EQ(this->ids_of(rest), this->ids({1}));
  EXPECT_FALSE(rest.has_more);
}

TYPED_TEST_P(OrderRepositoryContract, ListsAreFilteredByUserAndStatus) {
  for (std::uint32_t n = 1; n <= 6; ++n) ASSERT_TRUE(this->create(sample::order(n, n % 2)));
  auto cancelled = sample::order(3, 1);
  ASSERT_TRUE(cancelled.cancel(sample::noon));
  ASSERT_TRUE(this->save(cancelled, 1));
  const auto user = test::numbered<UserId>(1);
  EXPECT_EQ(this->ids_of(this->list({.user_id = user})), this->ids({5, 3, 1}));
  EXPECT_EQ(this->ids_of(this->list({.statuses = {OrderStatus::cancelled}})), this->ids({3}));
  const auto pending = this->list({.user_id = user, .statuses = {OrderStatus::pending}});
  EXPECT_EQ(this->ids_of(pending), this->ids({5, 1}));
  EXPECT_EQ(pending.total, 2);
  EXPECT_EQ(this->list({}, TenantId{"other"}).total, 0);
}

TYPED_TEST_P(OrderRepositoryContract, ListsAreFilteredBySeveralStatuses) {
  for (std::uint32_t n = 1; n <= 3; ++n) ASSERT_TRUE(this->create(sample::order(n)));
  auto cancelled = sample::order(2);
  ASSERT_TRUE(cancelled.cancel(sample::noon));
  ASSERT_TRUE(this->save(cancelled, 1));
  EXPECT_EQ(this->ids_of(this->list({.statuses = {OrderStatus::cancelled, OrderStatus::pending}})),
            this->ids({3, 2, 1}));
  EXPECT_EQ(this->list({.statuses = {OrderStatus::shipped, OrderStatus::delivered}}).total, 0);
}

TYPED_TEST_P(OrderRepositoryContract, ListsAreFilteredByTimeOfCreation) {
  // Ids of orders that were moved in time tell of another time than that of creation.
  const auto order_at = [this](Timestamp created, std::uint32_t number) {
    auto order = sample::order(number);
    order.created_at = order.updated_at = created;
    EXPECT_TRUE(this->create(order));
    return order.id;
  };
  using std::chrono::days;
  const auto early = order_at(sample::noon - days{1}, 3);
  const auto exact = order_at(sample::noon, 1);
  const auto late = order_at(sample::noon + days{1}, 2);
  using Ids = std::vector<OrderId>;
  EXPECT_EQ(this->ids_of(this->list({.created_from = sample::noon})), (Ids{late, exact}));
  EXPECT_EQ(this->ids_of(this->list({.created_until = sample::noon})), (Ids{early}))
      << "until itself is not meant";
  EXPECT_EQ(this->ids_of(
                this->list({.created_from = sample::noon, .created_until = sample::noon + milliseconds{1}})),
            (Ids{exact}));
  EXPECT_EQ(this->ids_of(this->list(
                {.created_from = sample::noon - days{1}, .created_until = sample::noon + days{1}})),
            (Ids{exact, early}));
  const auto page = this->list({.created_from = sample::noon - days{1}, .limit = 1, .before = late});
  EXPECT_EQ(this->ids_of(page), (Ids{exact}));
  EXPECT_EQ(page.total, 3);
  EXPECT_TRUE(page.has_more);
}

TYPED_TEST_P(OrderRepositoryContract, ListsAreFilteredByAPartOfTheId) {
  const auto order = [this](std::string_view id, std::uint32_t user) {
    auto created = sample::order(1, user);
    created.id = OrderId::parse(id).value();
    EXPECT_TRUE(this->create(created));
    return created.id;
  };
  const auto first = order("01932c09-3c43-7d10-a1b2-c3d4e5f60718", 1);
  const auto second = order("01932c09-ffff-7d10-a1b2-c3d400000000", 2);
  const auto third = order("e5f60718-3c43-7d10-a1b2-c3d401932c09", 1);
  const auto between = [](std::string_view from, std::string_view to) {
    return IdPart{
        .first = OrderId::parse(from).value(), .last = OrderId::parse(to).value(), .ending = std::nullopt};
  };
  auto part = between("01932c09-0000-0000-0000-000000000000", "01932c09-ffff-ffff-ffff-ffffffffffff");
  using Ids = std::vector<OrderId>;
  EXPECT_EQ(this->ids_of(this->list({.id_part = part})), (Ids{second, first}));
  part.ending = {0x01, 0x93, 0x2c, 0x09};
  EXPECT_EQ(this->ids_of(this->list({.id_part = part})), (Ids{third, second, first}))
      << "at the beginning or at the end";
  EXPECT_EQ(this->ids_of(this->list({.user_id = test::numbered<UserId>(1), .id_part = part})),
            (Ids{third, first}));
  EXPECT_EQ(this->list({.id_part = part}, TenantId{"other"}).total, 0);
  EXPECT_EQ(this->ids_of(this->list({.id_part = between(first.to_string(), first.to_string())})),
            (Ids{first}));
}

TYPED_TEST_P(OrderRepositoryContract, AKeyIsBoundToTheOrderThatWasProposedFirst) {
  const auto first = sample::claim("key", 1);
  const auto bound = this->claim(first);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->order_id, first.proposed_order);
  EXPECT_FALSE(bound->completed);
  EXPECT_EQ(this->claim(sample::claim("key", 2)).error().code, ErrorCode::idempotency_in_progress);

  ASSERT_TRUE(this->create_under(first.key, sample::order(1)));
  const auto again = this->claim(sample::claim("key", 3));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->order_id, first.proposed_order);
  EXPECT_TRUE(again->completed);
}

TYPED_TEST_P(OrderRepositoryContract, AKeyStandsForOneRequest) {
  auto other = sample::claim("key", 2);
  other.fingerprint = {9, 9, 9};
  ASSERT_TRUE(this->claim(sample::claim("key", 1)));
  EXPECT_EQ(this->claim(other).error().code, ErrorCode::idempotency_conflict);
  ASSERT_TRUE(this->create_under(sample::claim("key", 1).key, sample::order(1)));
  EXPECT_EQ(this->claim(other).error().code, ErrorCode::idempotency_conflict);
}

TYPED_TEST_P(OrderRepositoryContract, KeysOfOtherScopesAreOthers) {
  ASSERT_TRUE(this->claim(sample::claim("key", 1)));
  auto other_user = sample::claim("key", 2);
  other_user.key.scope.user = test::numbered<UserId>(2);
  auto other_tenant = sample::claim("key", 3);
  other_tenant.key.scope.tenant.value = "other";
  auto other_route = sample::claim("key", 4);
  other_route.key.scope.route = "POST /elsewhere";
  for (const auto& request : {other_user, other_tenant, other_route, sample::claim("Key", 5)})
    EXPECT_EQ(this->claim(request).value().order_id, request.proposed_order);
}

TYPED_TEST_P(OrderRepositoryContract, AClaimThatRanOutIsHandedOverWithItsOrder) {
  const auto first = sample::claim("key", 1);
  const auto second = sample::claim("key", 2, first.held_until);
  ASSERT_TRUE(this->claim(first));
  const auto taken_over = this->claim(second);
  ASSERT_TRUE(taken_over);
  EXPECT_EQ(taken_over->order_id, first.proposed_order);
  EXPECT_FALSE(taken_over->completed);

  // The first attempt wakes up too late: it can neither commit nor free the key.
  EXPECT_EQ(this->create_under(first.key, sample::order(1)).error().code, ErrorCode::idempotency_in_progress);
  EXPECT_EQ(this->find(test::numbered<OrderId>(1)), std::nullopt);
  EXPECT_FALSE(this->drop(first.key));
  EXPECT_TRUE(this->create_under(second.key, sample::order(1)));
}

TYPED_TEST_P(OrderRepositoryContract, AClaimFromBeforeTheClockWasSetBackHasRunOut) {
  const auto first = sample::claim("key", 1, sample::noon + std::chrono::hours{2});
  ASSERT_TRUE(this->claim(first));
  const auto second = sample::claim("key", 2);
  const auto taken_over = this->claim(second);
  ASSERT_TRUE(taken_over) << taken_over.error().message;
  EXPECT_EQ(taken_over->order_id, first.proposed_order);
  EXPECT_EQ(this->claim(sample::claim("key", 3, sample::noon - seconds{20})).error().code,
            ErrorCode::idempotency_in_progress)
      << "a request that waited in a queue is not a clock";
}

TYPED_TEST_P(OrderRepositoryContract, ADroppedKeyIsFreeAndItsOrderIdIsGone) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(this->claim(first));
  EXPECT_TRUE(this->drop(first.key));
  EXPECT_FALSE(this->drop(first.key));
  EXPECT_EQ(this->create_under(first.key, sample::order(1)).error().code, ErrorCode::idempotency_in_progress);
  EXPECT_EQ(this->claim(sample::claim("key", 2)).value().order_id, sample::claim("key", 2).proposed_order);
}

TYPED_TEST_P(OrderRepositoryContract, ACompletedKeyCannotBeDropped) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(this->claim(first));
  ASSERT_TRUE(this->create_under(first.key, sample::order(1)));
  EXPECT_FALSE(this->drop(first.key));
  EXPECT_TRUE(this->claim(sample::claim("key", 2)).value().completed);
}

TYPED_TEST_P(OrderRepositoryContract, ARefusedCreateLeavesTheKeyAsItWas) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(this->create(sample::order(1)));
  ASSERT_TRUE(this->claim(first));
  EXPECT_EQ(this->create_under(first.key, sample::order(1)).error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->drop(first.key));
}

TYPED_TEST_P(OrderRepositoryContract, ExpiredKeysAreAsIfNeverUsed) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(this->claim(first));
  ASSERT_TRUE(this->create_under(first.key, sample::order(1)));
  EXPECT_TRUE(this->claim(sample::claim("key", 2, first.expires_at - milliseconds{1})).value().completed);
  const auto late = sample::claim("key", 3, first.expires_at);
  const auto bound = this->claim(late);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->order_id, late.proposed_order);
  EXPECT_FALSE(bound->completed);
}

TYPED_TEST_P(OrderRepositoryContract, OrdersThatAreThereAnswerTheirStatusAndStay) {
  auto cancelled = sample::order(2);
  ASSERT_TRUE(this->create(sample::order(1)));
  ASSERT_TRUE(this->create(cancelled));
  ASSERT_TRUE(cancelled.cancel(sample::noon));
  ASSERT_TRUE(this->save(cancelled, 1));
  const OrderStatuses expected{OrderStatus::cancelled, std::nullopt, OrderStatus::pending};
  EXPECT_EQ(this->close_missing({2, 3, 1}), expected);
  EXPECT_EQ(this->close_missing({2, 3, 1}), expected) << "however often it is asked";
  EXPECT_TRUE(this->close_missing({}).empty());
  EXPECT_EQ(this->find(test::numbered<OrderId>(1)), sample::order(1));
  EXPECT_EQ(this->list({}).total, 2);
}

TYPED_TEST_P(OrderRepositoryContract, AClosedIdNeverBecomesAnOrder) {
  this->close_missing({1});
  EXPECT_EQ(this->create(sample::order(1)).error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(this->find(test::numbered<OrderId>(1)), std::nullopt);
  EXPECT_TRUE(this->history(test::numbered<OrderId>(1)).empty());
  EXPECT_TRUE(this->create(sample::order(1, 1, TenantId{"other"}))) << "another shop's is open";
  EXPECT_TRUE(this->create(sample::order(2)));
}

TYPED_TEST_P(OrderRepositoryContract, ARefusedCreateUnderAClosedIdLeavesTheKeyAsItWas) {
  const auto first = sample::claim("key", 1);
  ASSERT_TRUE(this->claim(first));
  this->close_missing({1001});
  EXPECT_EQ(this->create_under(first.key, sample::order(1001)).error().code, ErrorCode::deadline_exceeded);
  EXPECT_TRUE(this->drop(first.key));
}

TYPED_TEST_P(OrderRepositoryContract, AKeyBoundToAClosedIdIsAsIfNew) {
  const auto first = sample::claim("key", 1), second = sample::claim("key", 2);
  ASSERT_TRUE(this->claim(first));
  this->close_missing({1001});
  const auto bound = this->claim(second);
  ASSERT_TRUE(bound) << bound.error().message;
  EXPECT_EQ(bound->order_id, second.proposed_order);
  EXPECT_FALSE(bound->completed);
  EXPECT_FALSE(this->drop(first.key)) << "it is the second attempt's now";
  EXPECT_EQ(this->claim(sample::claim("key", 3)).error().code, ErrorCode::idempotency_in_progress);
  EXPECT_TRUE(this->create_under(second.key, sample::order(1002)));
  EXPECT_TRUE(this->claim(sample::claim("key", 4))->completed);
}

/// Whichever is first, the two never both have their way.
TYPED_TEST_P(OrderRepositoryContract, OfCreatingAndClosingOneWins) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int answered = 0;
  std::map<std::uint32_t, bool> created, closed;
  for (std::uint32_t n = 1; n <= 40; ++n) {
    const auto create = [&, n] {
      start(this->orders.create(sample::new_order(sample::order(n)), sample::no_deadline),
            [&, n](auto outcome) { ++answered, created[n] = std::get<0>(outcome).has_value(); });
    };
    if (n % 2) create();
    start(this->orders.close_missing({}, this->ids({n}), sample::noon, sample::no_deadline),
          [&, n](auto outcome) { ++answered, closed[n] = !std::get<0>(outcome).value().at(0); });
    if (n % 2 == 0) create();
  }
  executor.run_until([&] { return answered == 80; });
  for (std::uint32_t n = 1; n <= 40; ++n) {
    EXPECT_NE(created[n], closed[n]) << n;
    EXPECT_EQ(this->find(test::numbered<OrderId>(n)).has_value(), created[n]) << n;
  }
}

TYPED_TEST_P(OrderRepositoryContract, ConcurrentClaimsOfAKeyHaveOneWinner) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int answered = 0, won = 0;
  for (std::uint32_t attempt = 1; attempt <= 64; ++attempt) {
    start(this->orders.claim_key(sample::claim("key", attempt), sample::no_deadline), [&](auto outcome) {
      ++answered;
      won += std::get<0>(outcome).has_value();
    });
  }
  executor.run_until([&] { return answered == 64; });
  EXPECT_EQ(won, 1);
}

REGISTER_TYPED_TEST_SUITE_P(OrderRepositoryContract, WhatWasCreatedIsReadBackWhole, UnknownOrdersAreEmpty,
                            AnIdIsTakenOnce, TenantsAreApart, ATransitionIsSavedWithItsEvent,
                            OfTwoTransitionsFromOneVersionOneWins, ATransitionOfNoOrderIsAConflict,
                            ListsComeNewestFirstInPages, ListsReadOnFromAnOrder,
                            ListsAreFilteredByUserAndStatus, ListsAreFilteredBySeveralStatuses,
                            ListsAreFilteredByTimeOfCreation, ListsAreFilteredByAPartOfTheId,
                            AKeyIsBoundToTheOrderThatWasProposedFirst, AKeyStandsForOneRequest,
                            KeysOfOtherScopesAreOthers, AClaimThatRanOutIsHandedOverWithItsOrder,
                            AClaimFromBeforeTheClockWasSetBackHasRunOut, ADroppedKeyIsFreeAndItsOrderIdIsGone,
                            ACompletedKeyCannotBeDropped, ARefusedCreateLeavesTheKeyAsItWas,
                            ExpiredKeysAreAsIfNeverUsed, OrdersThatAreThereAnswerTheirStatusAndStay,
                            AClosedIdNeverBecomesAnOrder, ARefusedCreateUnderAClosedIdLeavesTheKeyAsItWas,
                            AKeyBoundToAClosedIdIsAsIfNew, OfCreatingAndClosingOneWins,
                            ConcurrentClaimsOfAKeyHaveOneWinner);

}  // namespace cloudcart::order
