#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/domain/alert_check.h"
#include "analytics/domain/alert_delivery.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// A rule and how it stands.
struct WatchedRule {
  TenantId tenant;
  AlertRule rule;
  AlertState state;
  bool operator==(const WatchedRule&) const = default;
};

/// A rule after an edit, and the event that the edit brought.
struct EditedRule {
  WatchedRule watched;
  std::optional<AlertEvent> event;
  bool operator==(const EditedRule&) const = default;
};

struct OwnedEvent {
  TenantId tenant;
  AlertEvent event;
  bool operator==(const OwnedEvent&) const = default;
};

/// An event and, where the rule had a webhook, how its delivery stands.
struct RecordedEvent {
  AlertEvent event;
  std::optional<AlertDelivery> delivery;
  bool operator==(const RecordedEvent&) const = default;
};

struct AlertEventPage {
  std::vector<RecordedEvent> events;  ///< newest first
  std::int64_t total = 0;
  bool operator==(const AlertEventPage&) const = default;
};

/// What is to be sent, and where to by now.
struct DueDelivery {
  TenantId tenant;
  AlertEvent event;
  AlertDelivery delivery;
  Webhook webhook;
  bool operator==(const DueDelivery&) const = default;
};

/// Who is about to make the next attempt of a delivery has it for himself until then.
struct DeliveryClaim {
  int attempts = 0;  ///< that were made before
  Timestamp now;
  Timestamp until;
};

struct AlertCounts {
  std::int64_t firing = 0;
  std::int64_t deliveries_pending = 0;
  std::int64_t deliveries_given_up = 0;  ///< of the events that are kept
  bool operator==(const AlertCounts&) const = default;
};

/// Of each shop.
struct AlertBounds {
  std::size_t rules = 100;
  std::size_t events = 10'000;  ///< that are kept, the newest
};

inline Error too_many_alerts(const AlertBounds& bounds) {
  return {ErrorCode::conflict,
          "There are " + std::to_string(bounds.rules) +
              " alerts already; delete one that is not needed any more.",
          {}};
}
inline Error alert_is_known() {
  return {ErrorCode::conflict, "An alert with this id is there already.", {}};
}
inline Error alert_was_edited() {
  return {ErrorCode::conflict, "The alert has been edited since; read it again.", {}};
}

/// The alerts of all shops: rules, how they stand, what they said, and what of it is still to be delivered.
///
/// Ordering: a write that has answered is seen by every later read; events are in the order in which they were
/// recorded. Atomicity: a rule's state, the event of its change and the delivery of this event are written
/// together or not at all, so a crash neither loses nor doubles an alert. Idempotency: record() stores a change
/// of state once; settle() counts an attempt once; of several who claim() an attempt one gets it. Bounds: AlertBounds; the
/// oldest events go, with deliveries that are still pending. Errors: unavailable, overloaded,
/// deadline_exceeded, outcome_unknown, and those that are named.
class AlertRepository {
 public:
  virtual ~AlertRepository() = default;

  /// conflict when the shop has as many as it may have, or the id is known.
  virtual Task<Status> create(TenantId tenant, AlertRule rule, Deadline deadline) = 0;
  /// By time of creation, then id.
  virtual Task<Result<std::vector<WatchedRule>>> rules(TenantId tenant, Deadline deadline) = 0;
  virtual Task<Result<WatchedRule>> find(TenantId tenant, AlertId id, Deadline deadline) = 0;
  /// edit() of the domain on the rule as it stands; `event_id` is for the event that it may bring. A rule
  /// without a webhook withdraws the deliveries that are pending. Errors: not_found; conflict when `expected`
  /// is not the rule's version.
  virtual Task<Result<EditedRule>> update(TenantId tenant, AlertRule rule,
                                          std::optional<std::int64_t> expected, AlertEventId event_id,
                                          Timestamp now, Deadline deadline) = 0;
  /// Its events stay, its deliveries are withdrawn. Answers the event that ends it when it was firing. Errors:
  /// not_found.
  virtual Task<Result<std::optional<AlertEvent>>> remove(TenantId tenant, AlertId id, AlertEventId event_id,
                                                         Timestamp now, Deadline deadline) = 0;

  /// The enabled rules of all shops, by tenant.
  virtual Task<Result<std::vector<WatchedRule>>> watched(Deadline deadline) = 0;
  /// Stores the event and the state after it, if the rule stands as in `before`: same version, same number of
  /// changes. False when it does not, and then nothing is stored.
  virtual Task<Result<bool>> record(WatchedRule before, AlertEvent event, Deadline deadline) = 0;
  /// Newest first; of one rule, also of one that is gone, where `alert` is given.
  virtual Task<Result<AlertEventPage>> events(TenantId tenant, std::optional<AlertId> alert,
                                              std::int64_t offset, std::int64_t limit, Deadline deadline) = 0;

  /// Of all shops what happened at that time or later, in order of recording: the newest `limit`.
  virtual Task<Result<std::vector<OwnedEvent>>> recorded_since(Timestamp since, std::size_t limit,
                                                               Deadline deadline) = 0;

  /// Of each alert of all shops the pending delivery whose next attempt is due first, if it is due by `until`; the
  /// longest due first. One of each, so that an alert whose webhook does not answer keeps no other waiting; none of an
  /// alert whose first one is claimed beyond `until`.
  virtual Task<Result<std::vector<DueDelivery>>> due(Timestamp until, std::size_t limit,
                                                     Deadline deadline) = 0;
  /// True when the delivery is pending after so many attempts, and nobody has claimed it beyond `now`. The claim ends with
  /// settle(), release() or its time.
  virtual Task<Result<bool>> claim(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                                   Deadline deadline) = 0;
  /// For an attempt that was not made after all. Does nothing when this claim does not stand any more.
  virtual Task<Status> release(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                               Deadline deadline) = 0;
  /// Stores the delivery after an attempt, if it is pending and has one attempt less; else does nothing.
  virtual Task<Status> settle(TenantId tenant, AlertEventId event, AlertDelivery delivery,
                              Deadline deadline) = 0;
  virtual Task<Result<AlertCounts>> counts(Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
