#pragma once

#include "adapters/sqlite/store/store.h"
#include "analytics/columns/delivery_claims.h"
#include "analytics/ports/alert_repository.h"

namespace cloudcart::analytics {

/// The tables of alerts in the file of the figures.
class SqliteAlertRepository final : public AlertRepository {
 public:
  /// `store` is the one named "analytics".
  explicit SqliteAlertRepository(sqlite::Store& store, AlertBounds bounds = {})
      : store_(store), bounds_(bounds) {}

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
  sqlite::Store& store_;
  const AlertBounds bounds_;
  DeliveryClaims claims_;
};

}  // namespace cloudcart::analytics
