#include "adapters/sqlite/analytics/sqlite_alert_repository.h"

#include "adapters/sqlite/analytics/alert_rows.h"

namespace cloudcart::analytics {
namespace {

using sqlite::Connection;

}  // namespace

Task<Status> SqliteAlertRepository::create(TenantId tenant, AlertRule rule, Deadline deadline) {
  co_return co_await store_.write(
      deadline, [this, tenant = std::move(tenant), rule = std::move(rule)](Connection& connection) -> Status {
        if (count_rules(connection, tenant) >= bounds_.rules) return fail(too_many_alerts(bounds_));
        if (!insert_rule(connection, tenant, rule)) return fail(alert_is_known());
        return {};
      });
}

Task<Result<std::vector<WatchedRule>>> SqliteAlertRepository::rules(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [tenant](Connection& connection) -> Result<std::vector<WatchedRule>> {
                                   return rules_of(connection, tenant);
                                 });
}

Task<Result<WatchedRule>> SqliteAlertRepository::find(TenantId tenant, AlertId id, Deadline deadline) {
  co_return co_await store_.read(deadline, [tenant, id](Connection& connection) -> Result<WatchedRule> {
    auto found = find_rule(connection, tenant, id);
    if (!found) return fail(Error::not_found("Alert"));
    return *std::move(found);
  });
}

Task<Result<EditedRule>> SqliteAlertRepository::update(TenantId tenant, AlertRule rule,
                                                       std::optional<std::int64_t> expected,
                                                       AlertEventId event_id, Timestamp now,
                                                       Deadline deadline) {
  co_return co_await store_.write(deadline, [=, this](Connection& connection) -> Result<EditedRule> {
    const auto before = find_rule(connection, tenant, rule.id);
    if (!before) return fail(Error::not_found("Alert"));
    if (expected && *expected != before->rule.version) return fail(alert_was_edited());
    auto done = edit(before->rule, before->state, rule, event_id, now);
    if (done.event)
      insert_event(connection, tenant, *done.event, done.rule.webhook.has_value(), bounds_.events);
    if (!done.rule.webhook) withdraw_deliveries(connection, tenant, done.rule.id);
    WatchedRule after{tenant, std::move(done.rule), done.state};
    update_rule(connection, after);
    return EditedRule{std::move(after), std::move(done.event)};
  });
}

Task<Result<std::optional<AlertEvent>>> SqliteAlertRepository::remove(TenantId tenant, AlertId id,
                                                                      AlertEventId event_id, Timestamp now,
                                                                      Deadline deadline) {
  co_return co_await store_.write(
      deadline, [=, this](Connection& connection) -> Result<std::optional<AlertEvent>> {
        const auto before = find_rule(connection, tenant, id);
        if (!before) return fail(Error::not_found("Alert"));
        const auto& [_, rule, state] = *before;
        std::optional<AlertEvent> event;
        if (state.firing) {
          event = event_of(rule, state, AlertChange::resolved, AlertReason::deleted, event_id, now);
          insert_event(connection, tenant, *event, false, bounds_.events);
        }
        withdraw_deliveries(connection, tenant, id);
        delete_rule(connection, tenant, id);
        return event;
      });
}

Task<Result<std::vector<WatchedRule>>> SqliteAlertRepository::watched(Deadline deadline) {
  co_return co_await store_.read(deadline, [](Connection& connection) -> Result<std::vector<WatchedRule>> {
    return enabled_rules(connection);
  });
}

Task<Result<bool>> SqliteAlertRepository::record(WatchedRule before, AlertEvent event, Deadline deadline) {
  co_return co_await store_.write(
      deadline,
      [this, before = std::move(before), event = std::move(event)](Connection& connection) -> Result<bool> {
        auto found = find_rule(connection, before.tenant, before.rule.id);
        if (!found || found->rule.version != before.rule.version ||
            found->state.changes != before.state.changes)
          return false;
        found->state = after(found->state, event);
        update_rule(connection, *found);
        insert_event(connection, before.tenant, event, found->rule.webhook.has_value(), bounds_.events);
        return true;
      });
}

Task<Result<AlertEventPage>> SqliteAlertRepository::events(TenantId tenant, std::optional<AlertId> alert,
                                                           std::int64_t offset, std::int64_t limit,
                                                           Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<AlertEventPage> {
    return AlertEventPage{newest_events(connection, tenant, alert, offset, limit),
                          count_events(connection, tenant, alert)};
  });
}

Task<Result<std::vector<OwnedEvent>>> SqliteAlertRepository::recorded_since(Timestamp since,
                                                                            std::size_t limit,
                                                                            Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [since, limit](Connection& connection) -> Result<std::vector<OwnedEvent>> {
                                   return events_since(connection, since, limit);
                                 });
}

Task<Result<std::vector<DueDelivery>>> SqliteAlertRepository::due(Timestamp until, std::size_t limit,
                                                                  Deadline deadline) {
  auto found =
      co_await store_.read(deadline, [=, this](Connection& connection) -> Result<std::vector<DueDelivery>> {
        return due_deliveries(connection, until, limit + claims_.size());
      });
  if (!found) co_return found;
  std::erase_if(*found,
                [&](const DueDelivery& due) { return claims_.is_taken({due.tenant, due.event.id}, until); });
  if (found->size() > limit) found->resize(limit);
  co_return found;
}

Task<Result<bool>> SqliteAlertRepository::claim(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                                Deadline deadline) {
  // With the writer, so that what settles an attempt comes before or after.
  co_return co_await store_.write(deadline, [=, this](Connection& connection) -> Result<bool> {
    return is_pending_after(connection, tenant, event, claim.attempts) &&
           claims_.take({tenant, event}, claim);
  });
}

Task<Status> SqliteAlertRepository::release(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                            Deadline) {
  claims_.release({std::move(tenant), event}, claim);
  co_return Status{};
}

Task<Status> SqliteAlertRepository::settle(TenantId tenant, AlertEventId event, AlertDelivery delivery,
                                           Deadline deadline) {
  co_return co_await store_.write(deadline, [=, this](Connection& connection) -> Status {
    if (is_pending_after(connection, tenant, event, delivery.attempts - 1)) {
      update_delivery(connection, tenant, event, delivery);
      claims_.forget({tenant, event});
    }
    return {};
  });
}

Task<Result<AlertCounts>> SqliteAlertRepository::counts(Deadline deadline) {
  co_return co_await store_.read(
      deadline, [](Connection& connection) -> Result<AlertCounts> { return count_alerts(connection); });
}

}  // namespace cloudcart::analytics
