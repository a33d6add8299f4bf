#pragma once

#include "analytics/domain/reconciliation.h"
#include "analytics/ports/counted_totals.h"
#include "analytics/ports/ledger.h"
#include "core/caller.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// Holds the order ledger against analytics as of one and the same position of the log, also while orders come in.
///
/// The ledger is read first, and its position L with it. Analytics is waited for until it has reached L; by the time that
/// it has been added up it may be at A ≥ L. The effect of the events in (L, A] is taken off again, all but that of dead
/// letters, which had none. So neither side has to stand still.
class ReconcileOrders {
 public:
  struct Sources {
    Ledger& ledger;
    CountedTotals& counted;
    events::EventLog& log;
  };
  explicit ReconcileOrders(Sources sources) : sources_(sources) {}

  /// Errors: those of the ports; unavailable when analytics does not get there in the caller's time, or in fifteen seconds.
  Task<Result<Reconciliation>> operator()(Caller caller) const;

 private:
  Task<Result<Reconciliation>> compare(TenantId tenant, Deadline deadline) const;
  Task<Status> wait_until_counted(std::int64_t position, Deadline deadline) const;
  /// `counted` without the effect of the events beyond `position`.
  Task<Result<Totals>> as_of(std::int64_t position, Totals counted, TenantId tenant, Deadline deadline) const;

  const Sources sources_;
};

}  // namespace cloudcart::analytics
