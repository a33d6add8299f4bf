#pragma once

#include "analytics/app/alert_news.h"
#include "analytics/ports/alert_repository.h"
#include "core/clock.h"
#include "runtime/event_loop.h"

namespace cloudcart::analytics {

/// Tells here what other processes have recorded, so that who follows the alerts hears of all of them whichever process
/// he has come to.
class HearAlerts {
 public:
  struct Options {
    milliseconds pace{500};
    /// How long after its time an event is looked for: its commit takes a moment, and clocks differ.
    seconds lateness{30};
  };
  HearAlerts(AlertRepository& alerts, AlertNews& news, const Clock& clock, Options options)
      : alerts_(alerts), news_(news), clock_(clock), options_(options), began_(clock.now()) {}

  /// One look.
  Task<Status> operator()(Deadline deadline);
  /// Look after look until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  AlertRepository& alerts_;
  AlertNews& news_;
  const Clock& clock_;
  const Options options_;
  const Timestamp began_;  ///< what happened before is no news
};

}  // namespace cloudcart::analytics
