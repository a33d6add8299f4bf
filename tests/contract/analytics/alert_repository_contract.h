#pragma once

#include <gtest/gtest.h>

#include "analytics/ports/alert_repository.h"
#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {

using namespace std::chrono_literals;
using test::at;
using test::id_of;

constexpr AlertBounds alert_bounds{.rules = 10, .events = 20};

/// What every AlertRepository keeps to. `Fixture` has a member `alerts`, new and empty, with
/// `alert_bounds`.
template <class Fixture>
class AlertRepositoryContract : public testing::Test {
 protected:
  static constexpr auto forever = Deadline::max();

  AlertRule rule(std::uint32_t id, bool with_webhook = true) const {
    AlertRule rule{.id = id_of<AlertId>(id),
                   .name = "Alert " + std::to_string(id),
                   .metric = Metric::orders,
                   .window = 60min,
                   .condition = Threshold{Side::above, 10, 8},
                   .cool_down = 5min,
                   .created_at = noon,
                   .updated_at = noon};
    if (with_webhook) rule.webhook = Webhook{"https://hooks.example.com/a?b=c", "whsec"};
    return rule;
  }
  void create(AlertRule rule, TenantId tenant = {}) {
    ASSERT_TRUE(sync_wait(fixture_.alerts.create(std::move(tenant), std::move(rule), forever)));
  }
  WatchedRule find(std::uint32_t id) {
    return sync_wait(fixture_.alerts.find(TenantId{}, id_of<AlertId>(id), forever)).value();
  }
  static AlertEvent change_of(const WatchedRule& before, std::uint32_t event, Timestamp when,
                              std::int64_t value = 11) {
    const auto change = before.state.firing ? AlertChange::resolved : AlertChange::fired;
    auto made =
        event_of(before.rule, before.state, change, AlertReason::measured, id_of<AlertEventId>(event), when);
    made.reading = {.value = value};
    made.position = 70;
    return made;
  }
  bool record(const WatchedRule& before, AlertEvent event) {
    return sync_wait(fixture_.alerts.record(before, std::move(event), forever)).value();
  }
  /// Fires it, or resolves it when it fires.
  AlertEvent turn(std::uint32_t id, std::uint32_t event, Timestamp when) {
    const auto before = find(id);
    const auto made = change_of(before, event, when);
    EXPECT_TRUE(record(before, made));
    return made;
  }
  Result<EditedRule> update(AlertRule rule, std::optional<std::int64_t> expected = {}) {
    return sync_wait(fixture_.alerts.update(TenantId{}, std::move(rule), expected, id_of<AlertEventId>(900),
                                            noon + 1h, forever));
  }
  AlertEventPage events(std::optional<AlertId> alert = {}, std::int64_t offset = 0,
                        std::int64_t limit = 100) {
    return sync_wait(fixture_.alerts.events(TenantId{}, alert, offset, limit, forever)).value();
  }
  std::vector<DueDelivery> due(Timestamp until, std::size_t limit = 100) {
    return sync_wait(fixture_.alerts.due(until, limit, forever)).value();
  }
  void settle(std::uint32_t event, AlertDelivery delivery) {
    ASSERT_TRUE(sync_wait(
        fixture_.alerts.settle(TenantId{}, id_of<AlertEventId>(event), std::move(delivery), forever)));
  }
  bool claim(std::uint32_t event, Timestamp now, int attempts = 0) {
    return sync_wait(fixture_.alerts.claim(TenantId{}, id_of<AlertEventId>(event), claim_at(now, attempts),
                                           forever))
        .value();
  }
  static DeliveryClaim claim_at(Timestamp now, int attempts = 0) { return {attempts, now, now + 15s}; }
  AlertCounts counts() { return sync_wait(fixture_.alerts.counts(forever)).value(); }

  const Timestamp noon = at("2026-07-15T12:00:00.000Z");
  Fixture fixture_;
};

TYPED_TEST_SUITE_P(AlertRepositoryContract);

TYPED_TEST_P(AlertRepositoryContract, ARuleComesBackAsItWasCreated) {
  auto rich = this->rule(1);
  rich.metric = Metric::repeat_rate;
  rich.selections = {{Dimension::category, {std::string{"Küche"}, std::string{"Bad"}}, true},
                     {Dimension::customer, {NoCustomer{}, id_of<UserId>(7)}, false}};
  rich.condition = SuddenChange{Direction::either, 5000, 2500, Baseline::week_earlier, 20};
  rich.enabled = false;
  this->create(rich);
  this->create(this->rule(2, false));
  EXPECT_EQ(this->find(1), (WatchedRule{TenantId{}, rich, {}}));
  EXPECT_EQ(this->find(2).rule, this->rule(2, false));
  EXPECT_EQ(sync_wait(this->fixture_.alerts.find(TenantId{}, id_of<AlertId>(3), this->forever)).error().code,
            ErrorCode::not_found);
}

TYPED_TEST_P(AlertRepositoryContract, RulesAreListedByTimeOfCreationAndOnlyEnabledOnesAreWatched) {
  auto late = this->rule(1), off = this->rule(2);
  late.created_at = this->noon + 1s;
  off.enabled = false;
  this->create(late);
  this->create(off);
  this->create(this->rule(3), TenantId{"other"});
  const auto listed = sync_wait(this->fixture_.alerts.rules(TenantId{}, this->forever)).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].rule, off);
  EXPECT_EQ(listed[1].rule, late);
  const auto watched = sync_wait(this->fixture_.alerts.watched(this->forever)).value();
  ASSERT_EQ(watched.size(), 2u);
  EXPECT_EQ(watched[0].rule, late);
  EXPECT_EQ(watched[1].tenant, TenantId{"other"});
}

TYPED_TEST_P(AlertRepositoryContract, ShopsDoNotSeeEachOther) {
  this->create(this->rule(1), TenantId{"other"});
  EXPECT_FALSE(sync_wait(this->fixture_.alerts.find(TenantId{}, id_of<AlertId>(1), this->forever)));
  EXPECT_EQ(this->update(this->rule(1)).error().code, ErrorCode::not_found);
  EXPECT_FALSE(sync_wait(this->fixture_.alerts.remove(TenantId{}, id_of<AlertId>(1), id_of<AlertEventId>(1),
                                                      this->noon, this->forever)));
  this->create(this->rule(1));
  this->turn(1, 5, this->noon);
  const auto others =
      sync_wait(this->fixture_.alerts.events(TenantId{"other"}, std::nullopt, 0, 10, this->forever)).value();
  EXPECT_EQ(others, AlertEventPage{});
}

TYPED_TEST_P(AlertRepositoryContract, AShopHasABoundOfRules) {
  for (std::uint32_t id = 1; id <= alert_bounds.rules; ++id) this->create(this->rule(id));
  const auto create = [&](std::uint32_t id, TenantId tenant) {
    return sync_wait(this->fixture_.alerts.create(std::move(tenant), this->rule(id), this->forever));
  };
  EXPECT_EQ(create(1000, TenantId{}).error().code, ErrorCode::conflict);
  EXPECT_TRUE(create(1000, TenantId{"other"}));
  EXPECT_EQ(create(1000, TenantId{"other"}).error().code, ErrorCode::conflict);
}

TYPED_TEST_P(AlertRepositoryContract, AChangeStoresStateEventAndDeliveryTogether) {
  this->create(this->rule(1));
  const auto fired = this->turn(1, 5, this->noon);
  const auto state = this->find(1).state;
  EXPECT_EQ(state, (AlertState{true, this->noon, this->noon, fired.id, 1}));
  const AlertDelivery pending{.next_attempt_at = this->noon};
  EXPECT_EQ(this->events(), (AlertEventPage{{{fired, pending}}, 1}));
  EXPECT_EQ(this->due(this->noon),
            (std::vector<DueDelivery>{{TenantId{}, fired, pending, *this->rule(1).webhook}}));
  const auto resolved = this->turn(1, 6, this->noon + 1min);
  EXPECT_EQ(resolved.incident, fired.id);
  EXPECT_EQ(this->find(1).state, (AlertState{false, this->noon + 1min, this->noon, std::nullopt, 2}));
  EXPECT_EQ(this->events().events.at(0).event, resolved);
  EXPECT_EQ(this->counts(), (AlertCounts{0, 2, 0}));
}

TYPED_TEST_P(AlertRepositoryContract, AChangeIsStoredOnce) {
  this->create(this->rule(1));
  const auto before = this->find(1);
  EXPECT_TRUE(this->record(before, this->change_of(before, 5, this->noon)));
  EXPECT_FALSE(this->record(before, this->change_of(before, 5, this->noon)));
  EXPECT_FALSE(this->record(before, this->change_of(before, 6, this->noon)));
  EXPECT_EQ(this->events().total, 1);
  EXPECT_EQ(this->find(1).state.changes, 1);
}

TYPED_TEST_P(AlertRepositoryContract, AChangeOfARuleThatWasEditedOrIsGoneIsNotStored) {
  this->create(this->rule(1));
  const auto before = this->find(1);
  ASSERT_TRUE(this->update(this->rule(1)));
  EXPECT_FALSE(this->record(before, this->change_of(before, 5, this->noon)));
  const auto edited = this->find(1);
  ASSERT_TRUE(sync_wait(this->fixture_.alerts.remove(TenantId{}, id_of<AlertId>(1), id_of<AlertEventId>(8),
                                                     this->noon, this->forever)));
  EXPECT_FALSE(this->record(edited, this->change_of(edited, 5, this->noon)));
  EXPECT_EQ(this->events(), AlertEventPage{});
}

TYPED_TEST_P(AlertRepositoryContract, AnEditCountsTheVersionAndRefusesAnOldOne) {
  this->create(this->rule(1));
  auto renamed = this->rule(1, false);
  renamed.name = "Renamed";
  renamed.created_at = this->noon + 9h;  // not the caller's to set
  const auto edited = this->update(renamed, 1).value();
  EXPECT_EQ(edited.event, std::nullopt);
  const auto& after = edited.watched;
  EXPECT_EQ(after.rule.version, 2);
  EXPECT_EQ(after.rule.created_at, this->noon);
  EXPECT_EQ(after.rule.updated_at, this->noon + 1h);
  EXPECT_EQ(after.rule.webhook, std::nullopt);
  EXPECT_EQ(this->find(1), after);
  EXPECT_EQ(this->update(renamed, 1).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->update(renamed).value().watched.rule.version, 3);
}

TYPED_TEST_P(AlertRepositoryContract, AnEditThatWatchesSomethingElseEndsWhatFires) {
  this->create(this->rule(1));
  const auto fired = this->turn(1, 5, this->noon);
  auto other = this->rule(1);
  other.window = 30min;
  const auto after = this->update(other).value();
  EXPECT_FALSE(after.watched.state.firing);
  const auto page = this->events();
  ASSERT_EQ(page.total, 2);
  EXPECT_EQ(page.events[0].event.reason, AlertReason::edited);
  EXPECT_EQ(page.events[0].event, after.event);
  EXPECT_EQ(page.events[0].event.incident, fired.id);
  EXPECT_TRUE(page.events[0].delivery);
}

TYPED_TEST_P(AlertRepositoryContract, WithoutAWebhookNothingIsDeliveredAndWhatWaitsIsWithdrawn) {
  this->create(this->rule(1));
  this->turn(1, 5, this->noon);
  ASSERT_TRUE(this->update(this->rule(1, false)));
  EXPECT_TRUE(this->due(this->noon + 24h).empty());
  EXPECT_EQ(this->events().events.at(0).delivery->status, DeliveryStatus::withdrawn);
  this->turn(1, 6, this->noon + 1min);
  EXPECT_EQ(this->events().events.at(0).delivery, std::nullopt);
}

TYPED_TEST_P(AlertRepositoryContract, ADeletedRuleEndsAndItsEventsStay) {
  this->create(this->rule(1));
  this->create(this->rule(2));
  this->turn(1, 5, this->noon);
  const auto remove = [&](std::uint32_t id, std::uint32_t event) {
    return sync_wait(this->fixture_.alerts.remove(TenantId{}, id_of<AlertId>(id), id_of<AlertEventId>(event),
                                                  this->noon + 1min, this->forever));
  };
  const auto end = remove(1, 6).value();
  EXPECT_EQ(remove(2, 7).value(), std::nullopt);
  EXPECT_EQ(remove(2, 8).error().code, ErrorCode::not_found);
  const auto page = this->events(id_of<AlertId>(1));
  ASSERT_EQ(page.total, 2);
  EXPECT_EQ(page.events[0].event.reason, AlertReason::deleted);
  EXPECT_EQ(page.events[0].event, end);
  EXPECT_EQ(page.events[1].delivery->status, DeliveryStatus::withdrawn);
  EXPECT_EQ(this->events().total, 2);
  EXPECT_TRUE(this->due(this->noon + 24h).empty());
}

TYPED_TEST_P(AlertRepositoryContract, EventsArePagedNewestFirst) {
  this->create(this->rule(1));
  this->create(this->rule(2));
  for (std::uint32_t i = 0; i < 6; ++i) this->turn(1 + i % 2, 10 + i, this->noon + i * 1min);
  const auto page = this->events({}, 1, 2);
  EXPECT_EQ(page.total, 6);
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].event.id, id_of<AlertEventId>(14));
  EXPECT_EQ(page.events[1].event.id, id_of<AlertEventId>(13));
  const auto of_second = this->events(id_of<AlertId>(2));
  EXPECT_EQ(of_second.total, 3);
  EXPECT_EQ(of_second.events[0].event.id, id_of<AlertEventId>(15));
  EXPECT_EQ(this->events({}, 6, 10).events.size(), 0u);
}

TYPED_TEST_P(AlertRepositoryContract, WhatAllShopsHaveRecordedLatelyIsToldInItsOrder) {
  this->create(this->rule(1));
  this->create(this->rule(2), TenantId{"other"});
  const auto first = this->turn(1, 10, this->noon);
  const auto foreign =
      sync_wait(this->fixture_.alerts.find(TenantId{"other"}, id_of<AlertId>(2), this->forever));
  const auto second = this->change_of(foreign.value(), 11, this->noon + 1min);
  ASSERT_TRUE(this->record(foreign.value(), second));
  const auto third = this->turn(1, 12, this->noon + 30s);
  const auto since = [&](Timestamp time, std::size_t limit) {
    return sync_wait(this->fixture_.alerts.recorded_since(time, limit, this->forever)).value();
  };
  const OwnedEvent a{TenantId{}, first}, b{TenantId{"other"}, second}, c{TenantId{}, third};
  EXPECT_EQ(since(this->noon, 10), (std::vector{a, b, c}));
  EXPECT_EQ(since(this->noon + 1ms, 10), (std::vector{b, c}));
  EXPECT_EQ(since(this->noon, 1), (std::vector{c}));
  EXPECT_TRUE(since(this->noon + 1h, 10).empty());
}

TYPED_TEST_P(AlertRepositoryContract, DeliveriesAreDueInTheOrderOfTheirNextAttempts) {
  for (std::uint32_t id = 1; id <= 3; ++id) {
    this->create(this->rule(id));
    this->turn(id, 10 + id, this->noon + id * 1min);
  }
  EXPECT_EQ(this->due(this->noon + 2min).size(), 2u);
  EXPECT_EQ(this->due(this->noon + 1h, 1).at(0).event.id, id_of<AlertEventId>(11));
  const AlertDelivery failed{.attempts = 1,
                             .next_attempt_at = this->noon + 150s,
                             .last_attempt_at = this->noon,
                             .last_error = "answered 500"};
  this->settle(11, failed);
  const auto due = this->due(this->noon + 1h);
  ASSERT_EQ(due.size(), 3u);
  EXPECT_EQ(due[0].event.id, id_of<AlertEventId>(12));
  EXPECT_EQ(due[1].event.id, id_of<AlertEventId>(11));
  EXPECT_EQ(due[1].delivery, failed);
}

TYPED_TEST_P(AlertRepositoryContract, OfEachAlertOneDeliveryIsDue) {
  this->create(this->rule(1));
  this->create(this->rule(2));
  for (std::uint32_t i = 0; i < 4; ++i) this->turn(1, 10 + i, this->noon);
  this->turn(2, 20, this->noon + 1min);
  const auto ids = [&] {
    std::vector<AlertEventId> found;
    for (const auto& due : this->due(this->noon + 1h)) found.push_back(due.event.id);
    return found;
  };
  EXPECT_EQ(ids(), (std::vector{id_of<AlertEventId>(10), id_of<AlertEventId>(20)}));
  this->settle(10, {.attempts = 1, .next_attempt_at = this->noon + 1s, .last_error = "no answer"});
  EXPECT_EQ(ids(), (std::vector{id_of<AlertEventId>(11), id_of<AlertEventId>(20)}));
  for (std::uint32_t event = 11; event <= 13; ++event)
    this->settle(event, {.status = DeliveryStatus::delivered, .attempts = 1});
  EXPECT_EQ(ids(), (std::vector{id_of<AlertEventId>(10), id_of<AlertEventId>(20)}));
}

TYPED_TEST_P(AlertRepositoryContract, AnAttemptIsCountedOnce) {
  this->create(this->rule(1));
  this->turn(1, 10, this->noon);
  const AlertDelivery once{.attempts = 1, .next_attempt_at = this->noon + 1s, .last_error = "no answer"};
  this->settle(10, once);
  auto again = once;
  again.last_error = "another answer";
  this->settle(10, again);
  EXPECT_EQ(this->events().events.at(0).delivery, once);
  const AlertDelivery done{.status = DeliveryStatus::delivered, .attempts = 2, .last_attempt_at = this->noon};
  this->settle(10, done);
  this->settle(10, {.status = DeliveryStatus::given_up, .attempts = 3, .last_error = "late"});
  EXPECT_EQ(this->events().events.at(0).delivery, done);
  EXPECT_TRUE(this->due(this->noon + 24h).empty());
  this->turn(1, 11, this->noon);
  this->settle(11, {.status = DeliveryStatus::given_up, .attempts = 1, .last_error = "no answer"});
  EXPECT_EQ(this->counts(), (AlertCounts{0, 0, 1}));
}

TYPED_TEST_P(AlertRepositoryContract, OnlyTheNewestEventsAreKept) {
  this->create(this->rule(1, false));
  auto before = this->find(1);
  const auto rounds = static_cast<std::uint32_t>(alert_bounds.events) + 3;
  for (std::uint32_t i = 1; i <= rounds; ++i) {
    const auto event = this->change_of(before, i, this->noon);
    ASSERT_TRUE(this->record(before, event));
    before.state = after(before.state, event);
  }
  const auto page = this->events({}, static_cast<std::int64_t>(alert_bounds.events) - 1, 10);
  EXPECT_EQ(page.total, static_cast<std::int64_t>(alert_bounds.events));
  ASSERT_EQ(page.events.size(), 1u);
  EXPECT_EQ(page.events[0].event.id, id_of<AlertEventId>(4));
}

TYPED_TEST_P(AlertRepositoryContract, AnAttemptIsClaimedByOneUntilItIsSettledOrItsTimeIsOver) {
  this->create(this->rule(1));
  this->turn(1, 10, this->noon);
  this->turn(1, 11, this->noon);
  EXPECT_FALSE(this->claim(12, this->noon)) << "there is no such event";
  EXPECT_FALSE(this->claim(10, this->noon, 1)) << "no attempt was made yet";
  EXPECT_TRUE(this->claim(10, this->noon));
  EXPECT_FALSE(this->claim(10, this->noon + 15s - 1ms));
  EXPECT_TRUE(this->due(this->noon + 15s - 1ms).empty()) << "nor is another of its alert due meanwhile";
  EXPECT_EQ(this->due(this->noon + 15s).size(), 1u) << "who claimed it did not come back";
  EXPECT_TRUE(this->claim(10, this->noon + 15s));
  const AlertDelivery failed{.attempts = 1, .next_attempt_at = this->noon + 16s, .last_error = "no answer"};
  this->settle(10, failed);
  EXPECT_EQ(this->due(this->noon + 15s).at(0).event.id, id_of<AlertEventId>(11));
  EXPECT_FALSE(this->claim(10, this->noon + 16s, 0)) << "by someone who saw it before the attempt";
  EXPECT_TRUE(this->claim(10, this->noon + 16s, 1));
  this->settle(10, {.status = DeliveryStatus::delivered, .attempts = 2});
  EXPECT_FALSE(this->claim(10, this->noon + 1h, 2));
}

TYPED_TEST_P(AlertRepositoryContract, AClaimIsReleasedByWhoHasIt) {
  this->create(this->rule(1));
  this->turn(1, 10, this->noon);
  const auto release = [&](DeliveryClaim claim) {
    ASSERT_TRUE(
        sync_wait(this->fixture_.alerts.release(TenantId{}, id_of<AlertEventId>(10), claim, this->forever)));
  };
  ASSERT_TRUE(this->claim(10, this->noon));
  release(this->claim_at(this->noon));
  ASSERT_EQ(this->due(this->noon).size(), 1u);
  ASSERT_TRUE(this->claim(10, this->noon + 1s));
  release(this->claim_at(this->noon));
  EXPECT_FALSE(this->claim(10, this->noon + 2s)) << "the claim before was not the one that stands";
}

REGISTER_TYPED_TEST_SUITE_P(
    AlertRepositoryContract, ARuleComesBackAsItWasCreated,
    RulesAreListedByTimeOfCreationAndOnlyEnabledOnesAreWatched, ShopsDoNotSeeEachOther, AShopHasABoundOfRules,
    AChangeStoresStateEventAndDeliveryTogether, AChangeIsStoredOnce,
    AChangeOfARuleThatWasEditedOrIsGoneIsNotStored, AnEditCountsTheVersionAndRefusesAnOldOne,
    AnEditThatWatchesSomethingElseEndsWhatFires, WithoutAWebhookNothingIsDeliveredAndWhatWaitsIsWithdrawn,
    ADeletedRuleEndsAndItsEventsStay, EventsArePagedNewestFirst,
    DeliveriesAreDueInTheOrderOfTheirNextAttempts, OfEachAlertOneDeliveryIsDue, AnAttemptIsCountedOnce,
    OnlyTheNewestEventsAreKept, AnAttemptIsClaimedByOneUntilItIsSettledOrItsTimeIsOver,
    AClaimIsReleasedByWhoHasIt, WhatAllShopsHaveRecordedLatelyIsToldInItsOrder);

}  // namespace cloudcart::analytics
