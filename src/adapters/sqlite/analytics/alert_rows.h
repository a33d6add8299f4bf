#pragma once

#include <optional>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics {

/// The tables of alerts, a row at a time; what belongs together is the caller's transaction. All throw
/// sqlite::Failure.

std::size_t count_rules(sqlite::Connection& connection, const TenantId& tenant);
/// False when the id is there already.
bool insert_rule(sqlite::Connection& connection, const TenantId& tenant, const AlertRule& rule);
void update_rule(sqlite::Connection& connection, const WatchedRule& watched);
void delete_rule(sqlite::Connection& connection, const TenantId& tenant, const AlertId& id);
std::optional<WatchedRule> find_rule(sqlite::Connection& connection, const TenantId& tenant,
                                     const AlertId& id);
/// Of one shop, by time of creation and id.
std::vector<WatchedRule> rules_of(sqlite::Connection& connection, const TenantId& tenant);
/// The enabled ones of all shops, by tenant.
std::vector<WatchedRule> enabled_rules(sqlite::Connection& connection);

/// Adds an event as the newest, with a delivery that is due at once where `to_webhook`; of the shop's events the
/// newest `kept` stay.
void insert_event(sqlite::Connection& connection, const TenantId& tenant, const AlertEvent& event,
                  bool to_webhook, std::size_t kept);
std::vector<RecordedEvent> newest_events(sqlite::Connection& connection, const TenantId& tenant,
                                         const std::optional<AlertId>& alert, std::int64_t offset,
                                         std::int64_t limit);
std::int64_t count_events(sqlite::Connection& connection, const TenantId& tenant,
                          const std::optional<AlertId>& alert);

/// Of all shops, in order of recording, the newest `limit`.
std::vector<OwnedEvent> events_since(sqlite::Connection& connection, Timestamp since, std::size_t limit);

/// The first of each alert.
std::vector<DueDelivery> due_deliveries(sqlite::Connection& connection, Timestamp until, std::size_t limit);
/// Does nothing unless the delivery is pending with one attempt less.
void update_delivery(sqlite::Connection& connection, const TenantId& tenant, const AlertEventId& event,
                     const AlertDelivery& delivery);
bool is_pending_after(sqlite::Connection& connection, const TenantId& tenant, const AlertEventId& event,
                      int attempts);
void withdraw_deliveries(sqlite::Connection& connection, const TenantId& tenant, const AlertId& alert);
AlertCounts count_alerts(sqlite::Connection& connection);

}  // namespace cloudcart::analytics
