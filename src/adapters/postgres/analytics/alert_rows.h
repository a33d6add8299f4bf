#pragma once

#include "adapters/postgres/store/query.h"
#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics::tables {

/// The statements on the tables of alerts; what belongs together is the caller's transaction.

postgres::Query count_rules(const TenantId& tenant);
/// Does nothing when the id is there already.
postgres::Query insert_rule(const TenantId& tenant, const AlertRule& rule);
postgres::Query update_rule(const WatchedRule& watched);
postgres::Query delete_rule(const TenantId& tenant, AlertId id);
postgres::Query select_rule(const TenantId& tenant, AlertId id);
/// Nobody else changes it until the transaction's end.
postgres::Query select_rule_for_update(const TenantId& tenant, AlertId id);
/// Of one shop, by time of creation and id.
postgres::Query select_rules(const TenantId& tenant);
/// The enabled ones of all shops, by tenant.
postgres::Query select_enabled_rules();
std::vector<WatchedRule> read_rules(const postgres::Rows& rows);

/// As the newest, with a delivery that is due at once where `to_webhook`.
postgres::Query insert_event(const TenantId& tenant, const AlertEvent& event, bool to_webhook);
/// Of the shop's events the newest `kept` stay. Last in a transaction: it waits for nobody, but others for it.
postgres::Query keep_newest_events(const TenantId& tenant, std::size_t kept);
postgres::Query select_newest_events(const TenantId& tenant, const std::optional<AlertId>& alert,
                                     std::int64_t offset, std::int64_t limit);
postgres::Query count_events(const TenantId& tenant, const std::optional<AlertId>& alert);
std::vector<RecordedEvent> read_events(const postgres::Rows& rows);

/// Of all shops, in order of recording, the newest `limit`.
postgres::Query select_events_since(Timestamp since, std::size_t limit);
std::vector<OwnedEvent> read_owned_events(const postgres::Rows& rows);

/// The first of each alert.
postgres::Query select_due_deliveries(Timestamp until, std::size_t limit);
std::vector<DueDelivery> read_due_deliveries(const postgres::Rows& rows);
/// Does nothing unless the delivery is pending with as many attempts, and not held by another.
postgres::Query hold_delivery(const TenantId& tenant, AlertEventId event, const DeliveryClaim& claim);
postgres::Query release_delivery(const TenantId& tenant, AlertEventId event, const DeliveryClaim& claim);
/// Does nothing unless the delivery is pending with one attempt less.
postgres::Query update_delivery(const TenantId& tenant, AlertEventId event, const AlertDelivery& delivery);
postgres::Query withdraw_deliveries(const TenantId& tenant, AlertId alert);
postgres::Query count_alerts();

}  // namespace cloudcart::analytics::tables
