#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "analytics/app/live_feed.h"
#include "analytics/app/reconcile_orders.h"
#include "cache/single_flight.h"
#include "core/clock.h"

namespace cloudcart::analytics {

/// A reconciliation, when it was made, and how long that took.
struct DatedReconciliation {
  Reconciliation result;
  Timestamp checked_at;
  milliseconds took{0};
};

/// Reconciliation for requests. It goes through every order, so one runs at a time, of all shops, and its answer is used
/// again: for some seconds, and for up to a minute while nothing is appended to the log. A dead letter that is added up,
/// or a rebuild, ends that. Safe between threads.
class RecentReconciliation {
 public:
  struct Sources {
    ReconcileOrders reconcile;
    events::EventLog& log;
    const LiveFeed& feed;
    const Clock& clock;
  };
  explicit RecentReconciliation(Sources sources) : sources_(std::move(sources)) {}

  /// Errors: those of ReconcileOrders.
  Task<Result<std::shared_ptr<const DatedReconciliation>>> operator()(Caller caller);

  /// Of the last one that was made in this process; nullopt when there was none.
  struct Outcome {
    bool equal = true;
    std::size_t differing_days = 0;
    Timestamp checked_at;
  };
  std::optional<Outcome> last() const;

 private:
  using Answer = std::shared_ptr<const DatedReconciliation>;
  struct Kept {
    Answer answer;
    MonotonicTime at;
    std::int64_t amendments = 0;  ///< of the live feed, before it was made
  };

  std::optional<Kept> kept_of(const TenantId& tenant) const;
  /// The kept answer, while it is good; null after that.
  Task<Answer> recall(TenantId tenant, Deadline deadline);
  Task<Result<Answer>> make(Caller caller);

  const Sources sources_;
  SingleFlight flights_;
  mutable std::mutex mutex_;
  std::map<TenantId, Kept> kept_;  ///< guarded by mutex_; bounded
  std::optional<Outcome> last_;    ///< likewise
};

}  // namespace cloudcart::analytics
