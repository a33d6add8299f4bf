#pragma once

#include "analytics/app/alert_news.h"
#include "analytics/ports/alert_repository.h"
#include "analytics/ports/sales_cube.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "events/event_log.h"
#include "runtime/event_loop.h"
#include "runtime/leadership.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Looks whether alerts fire or are over: when something was applied, and every now and then, because figures of
/// the last hour change without events too. A change is stored before anyone is told.
///
/// Figures that do not hold what the log held a while ago say nothing about the present: nothing is decided on
/// them, so a start that catches up raises no alarm.
class CheckAlerts {
 public:
  struct Options {
    milliseconds pace{200};           ///< between rounds at least; and four times what a round took
    milliseconds longest_rest{2000};  ///< between rounds at most
    milliseconds lag{5000};           ///< what the log holds has to be in the figures so soon
  };

  CheckAlerts(AlertRepository& alerts, SalesCube& cube, events::EventLog& log, LiveFeed& feed,
              const Clock& clock, IdGenerator& ids, AlertNews& news, Options options,
              const Leadership& leadership = sole_process())
      : alerts_(alerts),
        cube_(cube),
        log_(log),
        feed_(feed),
        clock_(clock),
        ids_(ids),
        news_(news),
        options_(options),
        leadership_(leadership) {}

  /// One round; answers how many alerts changed. Errors: those of the ports; shops beside the one that has them are
  /// looked at all the same.
  Task<Result<std::size_t>> operator()(Deadline deadline);
  /// Round after round until stopped, while this process leads: a change that two saw would be stored once all the same,
  /// but looking costs. Failures are logged and tried again.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<Result<std::size_t>> check(TenantId tenant, std::vector<WatchedRule> rules, Deadline deadline);
  Task<Result<bool>> decide(WatchedRule watched, AlertReading reading, Timestamp now, std::int64_t position,
                            Deadline deadline);
  Task<void> look_at_the_log(Deadline deadline);
  Task<void> rest(BackgroundLoops::StopFlag stop, LiveFeed::Reader& reader, std::int64_t position,
                  MonotonicTime began);

  AlertRepository& alerts_;
  SalesCube& cube_;
  events::EventLog& log_;
  LiveFeed& feed_;
  const Clock& clock_;
  IdGenerator& ids_;
  AlertNews& news_;
  const Options options_;
  const Leadership& leadership_;

  std::optional<std::int64_t> log_end_;  ///< as it was when it was looked at
  MonotonicTime next_look_at_log_{};
  std::string last_failure_;
};

}  // namespace cloudcart::analytics
