#pragma once

#include "analytics/app/alert_news.h"
#include "analytics/ports/alert_repository.h"
#include "core/clock.h"
#include "core/id_generator.h"

namespace cloudcart::analytics {

/// A rule as staff write it.
struct AlertDraft {
  struct Receiver {
    std::string url;
    std::optional<std::string> secret;  ///< empty: the one there is, or a new one
  };

  std::string name;
  Metric metric = Metric::orders;
  std::vector<Selection> selections;
  std::chrono::minutes window{60};
  AlertCondition condition;
  std::chrono::minutes cool_down{15};
  bool enabled = true;
  std::optional<Receiver> webhook;
};

struct SavedAlert {
  WatchedRule watched;
  /// Of the webhook, when it was made just now: the only time that anyone is told.
  std::optional<std::string> new_secret;
};

/// Alerts as people see to them.
class ManageAlerts {
 public:
  ManageAlerts(AlertRepository& alerts, const Clock& clock, IdGenerator& ids, AlertNews& news)
      : alerts_(alerts), clock_(clock), ids_(ids), news_(news) {}

  /// Errors: conflict when there are too many.
  Task<Result<SavedAlert>> create(Caller caller, AlertDraft draft);
  Task<Result<std::vector<WatchedRule>>> list(Caller caller);
  /// Errors: not_found.
  Task<Result<WatchedRule>> get(Caller caller, AlertId id);
  /// The draft takes the rule's place. Errors: not_found; conflict when `expected` is not its version.
  Task<Result<SavedAlert>> update(Caller caller, AlertId id, AlertDraft draft,
                                  std::optional<std::int64_t> expected);
  /// Errors: not_found.
  Task<Status> remove(Caller caller, AlertId id);
  Task<Result<AlertEventPage>> events(Caller caller, std::optional<AlertId> alert, std::int64_t offset,
                                      std::int64_t limit);

 private:
  AlertRepository& alerts_;
  const Clock& clock_;
  IdGenerator& ids_;
  AlertNews& news_;
};

}  // namespace cloudcart::analytics
