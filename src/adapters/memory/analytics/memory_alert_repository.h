#pragma once

#include <deque>
#include <map>
#include <utility>

#include "analytics/columns/delivery_claims.h"
#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics {

/// Alerts in memory. For one thread.
class MemoryAlertRepository final : public AlertRepository {
 public:
  explicit MemoryAlertRepository(AlertBounds bounds = {}) : bounds_(bounds) {}

  Task<Status> create(TenantId tenant, AlertRule rule, Deadline deadline) override;
  Task<Result<std::vector<WatchedRule>>> rules(TenantId tenant, Deadline deadline) override;
  Task<Result<WatchedRule>> find(TenantId tenant, AlertId id, Deadline deadline) override;
  Task<Result<EditedRule>> update(TenantId tenant, AlertRule rule, std::optional<std::int64_t> expected,
                                  AlertEventId event_id, Timestamp now, Deadline deadline) override;
  Task<Result<std::optional<AlertEvent>>> remove(TenantId tenant, AlertId id, AlertEventId event_id,
                                                 Timestamp now, Deadline deadline) override;
  Task<Result<std::vector<WatchedRule>>> watched(Deadline deadline) override;
  Task<Result<bool>> record(WatchedRule before, AlertEvent event, Deadline deadline) override;
  Task<Result<AlertEventPage>> events(TenantId tenant, std::optional<AlertId> alert, std::int64_t offset,
                                      std::int64_t limit, Deadline deadline) override;
  Task<Result<std::vector<OwnedEvent>>> recorded_since(Timestamp since, std::size_t limit,
                                                       Deadline deadline) override;
  Task<Result<std::vector<DueDelivery>>> due(Timestamp until, std::size_t limit, Deadline deadline) override;
  Task<Result<bool>> claim(TenantId tenant, AlertEventId event, DeliveryClaim claim,
                           Deadline deadline) override;
  Task<Status> release(TenantId tenant, AlertEventId event, DeliveryClaim claim, Deadline deadline) override;
  Task<Status> settle(TenantId tenant, AlertEventId event, AlertDelivery delivery,
                      Deadline deadline) override;
  Task<Result<AlertCounts>> counts(Deadline deadline) override;

 private:
  using Key = std::pair<TenantId, AlertId>;

  RecordedEvent* find_pending(const TenantId& tenant, AlertEventId event);
  void add(const TenantId& tenant, AlertEvent event, bool to_webhook);
  void withdraw(const TenantId& tenant, AlertId alert);

  const AlertBounds bounds_;
  std::map<Key, WatchedRule> rules_;
  std::map<TenantId, std::deque<RecordedEvent>> events_;     ///< oldest first
  std::vector<std::pair<TenantId, AlertEventId>> recorded_;  ///< of all shops, oldest first
  DeliveryClaims claims_;
};

}  // namespace cloudcart::analytics
