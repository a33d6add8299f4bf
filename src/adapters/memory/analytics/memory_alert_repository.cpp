#include "adapters/memory/analytics/memory_alert_repository.h"

#include <algorithm>
#include <tuple>

namespace cloudcart::analytics {
namespace {

bool is_pending(const RecordedEvent& recorded) {
  return recorded.delivery && recorded.delivery->status == DeliveryStatus::pending;
}

}  // namespace

RecordedEvent* MemoryAlertRepository::find_pending(const TenantId& tenant, AlertEventId event) {
  for (auto& recorded : events_[tenant])
    if (recorded.event.id == event) return is_pending(recorded) ? &recorded : nullptr;
  return nullptr;
}

void MemoryAlertRepository::add(const TenantId& tenant, AlertEvent event, bool to_webhook) {
  RecordedEvent recorded{std::move(event), {}};
  if (to_webhook) recorded.delivery = AlertDelivery{.next_attempt_at = recorded.event.at};
  recorded_.emplace_back(tenant, recorded.event.id);
  auto& kept = events_[tenant];
  kept.push_back(std::move(recorded));
  if (kept.size() > bounds_.events) kept.pop_front();
}

void MemoryAlertRepository::withdraw(const TenantId& tenant, AlertId alert) {
  for (auto& recorded : events_[tenant]) {
    if (recorded.event.alert != alert || !is_pending(recorded)) continue;
    recorded.delivery->status = DeliveryStatus::withdrawn;
    recorded.delivery->next_attempt_at.reset();
  }
}

Task<Status> MemoryAlertRepository::create(TenantId tenant, AlertRule rule, Deadline) {
  const auto of_shop =
      std::ranges::count(rules_, tenant, [](const auto& entry) { return entry.first.first; });
  if (static_cast<std::size_t>(of_shop) >= bounds_.rules) co_return fail(too_many_alerts(bounds_));
  const Key key{tenant, rule.id};
  if (!rules_.try_emplace(key, WatchedRule{std::move(tenant), std::move(rule), {}}).second)
    co_return fail(alert_is_known());
  co_return Status{};
}

Task<Result<std::vector<WatchedRule>>> MemoryAlertRepository::rules(TenantId tenant, Deadline) {
  std::vector<WatchedRule> found;
  for (const auto& [key, watched] : rules_)
    if (key.first == tenant) found.push_back(watched);
  std::ranges::sort(found, [](const WatchedRule& a, const WatchedRule& b) {
    return std::tie(a.rule.created_at, a.rule.id) < std::tie(b.rule.created_at, b.rule.id);
  });
  co_return found;
}

Task<Result<WatchedRule>> MemoryAlertRepository::find(TenantId tenant, AlertId id, Deadline) {
  const auto found = rules_.find({tenant, id});
  if (found == rules_.end()) co_return fail(Error::not_found("Alert"));
  co_return found->second;
}

Task<Result<EditedRule>> MemoryAlertRepository::update(TenantId tenant, AlertRule rule,
                                                       std::optional<std::int64_t> expected,
                                                       AlertEventId event_id, Timestamp now, Deadline) {
  const auto found = rules_.find({tenant, rule.id});
  if (found == rules_.end()) co_return fail(Error::not_found("Alert"));
  auto& watched = found->second;
  if (expected && *expected != watched.rule.version) co_return fail(alert_was_edited());
  auto done = edit(watched.rule, watched.state, std::move(rule), event_id, now);
  if (done.event) add(tenant, *done.event, done.rule.webhook.has_value());
  if (!done.rule.webhook) withdraw(tenant, done.rule.id);
  watched.rule = std::move(done.rule);
  watched.state = done.state;
  co_return EditedRule{watched, std::move(done.event)};
}

Task<Result<std::optional<AlertEvent>>> MemoryAlertRepository::remove(TenantId tenant, AlertId id,
                                                                      AlertEventId event_id, Timestamp now,
                                                                      Deadline) {
  const auto found = rules_.find({tenant, id});
  if (found == rules_.end()) co_return fail(Error::not_found("Alert"));
  const auto& [rule, state] = std::tie(found->second.rule, found->second.state);
  std::optional<AlertEvent> event;
  if (state.firing) {
    event = event_of(rule, state, AlertChange::resolved, AlertReason::deleted, event_id, now);
    add(tenant, *event, false);
  }
  rules_.erase(found);
  withdraw(tenant, id);
  co_return event;
}

Task<Result<std::vector<WatchedRule>>> MemoryAlertRepository::watched(Deadline) {
  std::vector<WatchedRule> found;
  for (const auto& [key, watched] : rules_)
    if (watched.rule.enabled) found.push_back(watched);
  co_return found;
}

Task<Result<bool>> MemoryAlertRepository::record(WatchedRule before, AlertEvent event, Deadline) {
  const auto found = rules_.find({before.tenant, before.rule.id});
  if (found == rules_.end()) co_return false;
  auto& watched = found->second;
  if (watched.rule.version != before.rule.version || watched.state.changes != before.state.changes)
    co_return false;
  watched.state = after(watched.state, event);
  add(before.tenant, std::move(event), watched.rule.webhook.has_value());
  co_return true;
}

Task<Result<AlertEventPage>> MemoryAlertRepository::events(TenantId tenant, std::optional<AlertId> alert,
                                                           std::int64_t offset, std::int64_t limit,
                                                           Deadline) {
  AlertEventPage page;
  const auto& kept = events_[tenant];
  for (auto recorded = kept.rbegin(); recorded != kept.rend(); ++recorded) {
    if (alert && recorded->event.alert != *alert) continue;
    if (page.total >= offset && page.total < offset + limit) page.events.push_back(*recorded);
    ++page.total;
  }
  co_return page;
}

Task<Result<std::vector<OwnedEvent>>> MemoryAlertRepository::recorded_since(Timestamp since,
                                                                            std::size_t limit, Deadline) {
  std::vector<OwnedEvent> found;
  for (const auto& [tenant, id] : recorded_) {
    const auto& kept = events_[tenant];
    const auto at =
        std::ranges::find(kept, id, [](const RecordedEvent& recorded) { return recorded.event.id; });
    if (at != kept.end() && at->event.at >= since) found.push_back({tenant, at->event});
  }
  if (found.size() > limit) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(limit));
  co_return found;
}

Task<Result<std::vector<DueDelivery>>> MemoryAlertRepository::due(Timestamp until, std::size_t limit,
                                                                  Deadline) {
  std::map<Key, const RecordedEvent*> first_of;
  for (const auto& [tenant, kept] : events_) {
    for (const auto& recorded : kept) {
      if (!is_pending(recorded)) continue;
      auto& first = first_of[{tenant, recorded.event.alert}];
      if (!first || recorded.delivery->next_attempt_at < first->delivery->next_attempt_at) first = &recorded;
    }
  }
  std::multimap<Timestamp, DueDelivery> by_time;
  for (const auto& [key, first] : first_of) {
    const auto& [event, delivery] = *first;
    if (claims_.is_taken({key.first, event.id}, until)) continue;
    if (delivery->next_attempt_at <= until)
      by_time.emplace(*delivery->next_attempt_at,
                      DueDelivery{key.first, event, *delivery, *rules_.at(key).rule.webhook});
  }
  std::vector<DueDelivery> found;
  for (const auto& [time, due] : by_time)
    if (found.size() < limit) found.push_back(due);
  co_return found;
}

Task<Result<bool>> MemoryAlertRepository::claim(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                                Deadline) {
  const auto* found = find_pending(tenant, event);
  if (!found || found->delivery->attempts != claim.attempts) co_return false;
  co_return claims_.take({tenant, event}, claim);
}

Task<Status> MemoryAlertRepository::release(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                            Deadline) {
  claims_.release({tenant, event}, claim);
  co_return Status{};
}

Task<Status> MemoryAlertRepository::settle(TenantId tenant, AlertEventId event, AlertDelivery delivery,
                                           Deadline) {
  auto* found = find_pending(tenant, event);
  if (!found || found->delivery->attempts + 1 != delivery.attempts) co_return Status{};
  found->delivery = std::move(delivery);
  claims_.forget({tenant, event});
  co_return Status{};
}

Task<Result<AlertCounts>> MemoryAlertRepository::counts(Deadline) {
  AlertCounts counts;
  for (const auto& [key, watched] : rules_) counts.firing += watched.state.firing;
  for (const auto& [tenant, kept] : events_) {
    for (const auto& recorded : kept) {
      counts.deliveries_pending += is_pending(recorded);
      counts.deliveries_given_up +=
          recorded.delivery && recorded.delivery->status == DeliveryStatus::given_up;
    }
  }
  co_return counts;
}

}  // namespace cloudcart::analytics
