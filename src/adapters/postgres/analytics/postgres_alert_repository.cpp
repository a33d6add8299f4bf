#include "adapters/postgres/analytics/postgres_alert_repository.h"

#include "adapters/postgres/analytics/alert_rows.h"
#include "adapters/postgres/store/advisory_lock.h"

namespace cloudcart::analytics {
namespace {

using postgres::Query;
using postgres::Session;

/// What there is of an alert, kept from others until the end of the transaction.
Task<std::optional<WatchedRule>> lock_rule(Session& session, const TenantId& tenant, AlertId id) {
  auto found = tables::read_rules(co_await session.run(tables::select_rule_for_update(tenant, id)));
  if (found.empty()) co_return std::nullopt;
  co_return std::move(found.front());
}

}  // namespace

Task<Status> PostgresAlertRepository::create(TenantId tenant, AlertRule rule, Deadline deadline) {
  return store_.write(
      deadline, [this, tenant = std::move(tenant), rule = std::move(rule)](Session& session) -> Task<Status> {
        std::vector<Query> look;
        look.push_back(postgres::have_alone(tenant.value));
        look.push_back(tables::count_rules(tenant));
        const auto answers = co_await session.run_all(std::move(look));
        if (static_cast<std::size_t>(answers[1][0].integer(0)) >= bounds_.rules)
          co_return fail(too_many_alerts(bounds_));
        const auto inserted = co_await session.run(tables::insert_rule(tenant, rule));
        if (inserted.affected() == 0) co_return fail(alert_is_known());
        co_return Status{};
      });
}

Task<Result<std::vector<WatchedRule>>> PostgresAlertRepository::rules(TenantId tenant, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_rules(tenant)));
  co_return tables::read_rules(rows);
}

Task<Result<WatchedRule>> PostgresAlertRepository::find(TenantId tenant, AlertId id, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_rule(tenant, id)));
  auto found = tables::read_rules(rows);
  if (found.empty()) co_return fail(Error::not_found("Alert"));
  co_return std::move(found.front());
}

Task<Result<EditedRule>> PostgresAlertRepository::update(TenantId tenant, AlertRule rule,
                                                         std::optional<std::int64_t> expected,
                                                         AlertEventId event_id, Timestamp now,
                                                         Deadline deadline) {
  return store_.write(deadline, [=, this](Session& session) -> Task<Result<EditedRule>> {
    const auto before = co_await lock_rule(session, tenant, rule.id);
    if (!before) co_return fail(Error::not_found("Alert"));
    if (expected && *expected != before->rule.version) co_return fail(alert_was_edited());
    auto done = edit(before->rule, before->state, rule, event_id, now);
    WatchedRule after{tenant, std::move(done.rule), done.state};
    const bool has_webhook = after.rule.webhook.has_value();
    std::vector<Query> changes;
    if (done.event) changes.push_back(tables::insert_event(tenant, *done.event, has_webhook));
    if (!has_webhook) changes.push_back(tables::withdraw_deliveries(tenant, after.rule.id));
    changes.push_back(tables::update_rule(after));
    if (done.event) changes.push_back(tables::keep_newest_events(tenant, bounds_.events));
    co_await session.commit(std::move(changes));
    co_return EditedRule{std::move(after), std::move(done.event)};
  });
}

Task<Result<std::optional<AlertEvent>>> PostgresAlertRepository::remove(TenantId tenant, AlertId id,
                                                                        AlertEventId event_id, Timestamp now,
                                                                        Deadline deadline) {
  return store_.write(deadline, [=, this](Session& session) -> Task<Result<std::optional<AlertEvent>>> {
    const auto before = co_await lock_rule(session, tenant, id);
    if (!before) co_return fail(Error::not_found("Alert"));
    const auto& [_, rule, state] = *before;
    std::optional<AlertEvent> event;
    std::vector<Query> changes;
    if (state.firing) {
      event = event_of(rule, state, AlertChange::resolved, AlertReason::deleted, event_id, now);
      changes.push_back(tables::insert_event(tenant, *event, false));
    }
    changes.push_back(tables::withdraw_deliveries(tenant, id));
    changes.push_back(tables::delete_rule(tenant, id));
    if (event) changes.push_back(tables::keep_newest_events(tenant, bounds_.events));
    co_await session.commit(std::move(changes));
    co_return event;
  });
}

Task<Result<std::vector<WatchedRule>>> PostgresAlertRepository::watched(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_enabled_rules()));
  co_return tables::read_rules(rows);
}

Task<Result<bool>> PostgresAlertRepository::record(WatchedRule before, AlertEvent event, Deadline deadline) {
  return store_.write(
      deadline,
      [this, before = std::move(before), event = std::move(event)](Session& session) -> Task<Result<bool>> {
        auto found = co_await lock_rule(session, before.tenant, before.rule.id);
        if (!found || found->rule.version != before.rule.version ||
            found->state.changes != before.state.changes)
          co_return false;
        found->state = after(found->state, event);
        std::vector<Query> changes;
        changes.push_back(tables::update_rule(*found));
        changes.push_back(tables::insert_event(before.tenant, event, found->rule.webhook.has_value()));
        changes.push_back(tables::keep_newest_events(before.tenant, bounds_.events));
        co_await session.commit(std::move(changes));
        co_return true;
      });
}

Task<Result<AlertEventPage>> PostgresAlertRepository::events(TenantId tenant, std::optional<AlertId> alert,
                                                             std::int64_t offset, std::int64_t limit,
                                                             Deadline deadline) {
  return store_.read(deadline,
                     [=](Session& session) -> Task<Result<AlertEventPage>> {
                       std::vector<Query> queries;
                       queries.push_back(tables::select_newest_events(tenant, alert, offset, limit));
                       queries.push_back(tables::count_events(tenant, alert));
                       const auto answers = co_await session.run_all(std::move(queries));
                       co_return AlertEventPage{tables::read_events(answers[0]), answers[1][0].integer(0)};
                     },
                     {.isolation = postgres::Isolation::repeatable_read});
}

Task<Result<std::vector<OwnedEvent>>> PostgresAlertRepository::recorded_since(Timestamp since,
                                                                              std::size_t limit,
                                                                              Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_events_since(since, limit)));
  co_return tables::read_owned_events(rows);
}

Task<Result<std::vector<DueDelivery>>> PostgresAlertRepository::due(Timestamp until, std::size_t limit,
                                                                    Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, tables::select_due_deliveries(until, limit)));
  co_return tables::read_due_deliveries(rows);
}

Task<Result<bool>> PostgresAlertRepository::claim(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                                  Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Result<bool>> {
    co_return (co_await session.run(tables::hold_delivery(tenant, event, claim))).affected() > 0;
  });
}

Task<Status> PostgresAlertRepository::release(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                              Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Status> {
    co_await session.run(tables::release_delivery(tenant, event, claim));
    co_return Status{};
  });
}

Task<Status> PostgresAlertRepository::settle(TenantId tenant, AlertEventId event, AlertDelivery delivery,
                                             Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Status> {
    co_await session.run(tables::update_delivery(tenant, event, delivery));
    co_return Status{};
  });
}

Task<Result<AlertCounts>> PostgresAlertRepository::counts(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::count_alerts()));
  co_return AlertCounts{rows[0].integer(0), rows[0].integer(1), rows[0].integer(2)};
}

}  // namespace cloudcart::analytics
