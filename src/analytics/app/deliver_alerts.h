#pragma once

#include <atomic>
#include <set>

#include "analytics/ports/alert_repository.h"
#include "analytics/ports/webhook_sender.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "core/random.h"
#include "runtime/event_loop.h"
#include "runtime/leadership.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Brings the events of alerts to their webhooks, at least once each: what is stored as pending is tried until it
/// is taken or the attempts are used up, across restarts too. An attempt is counted after it has ended, so a crash
/// in between repeats it, with the same event id. Who makes an attempt has claimed it, so that of several processes one
/// does, and that is the one that leads; one that was frozen meanwhile may make it late, beside another. One attempt of each alert at a time. Events of an alert
/// may arrive in another order than they happened when the first attempt of one fails: each says when it happened,
/// and which incident it belongs to.
class DeliverAlerts {
 public:
  struct Options {
    RetryPlan retries;
    milliseconds attempt_limit{10'000};
    std::size_t parallel = 8;  ///< attempts under way at most
    std::uint64_t seed = 0;    ///< of the chance in the pauses
  };

  /// `recorded` wakes the loop.
  DeliverAlerts(AlertRepository& alerts, WebhookSender& sender, const Clock& clock, IdGenerator& ids,
                Notifier& recorded, Options options, const Leadership& leadership = sole_process())
      : alerts_(alerts),
        sender_(sender),
        clock_(clock),
        ids_(ids),
        changed_(recorded),
        options_(options),
        leadership_(leadership),
        chance_(options.seed, 0) {}

  /// Attempt after attempt until stopped; then ends those that are under way. They are not counted.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// Sends an event of the type "alert.test" once, now. Errors: not_found; conflict when the alert has no webhook;
  /// those of the sender.
  Task<Status> send_test(Caller caller, AlertId id);

  /// Attempts that failed, and deliveries that were given up, since the start of the process; safe between threads.
  std::uint64_t attempts_failed() const { return attempts_failed_; }
  std::uint64_t given_up() const { return given_up_; }

 private:
  Task<MonotonicTime> start_due();
  void begin(DueDelivery due);
  Task<void> deliver(DueDelivery due);
  Task<void> settle(DueDelivery due, std::string error);

  AlertRepository& alerts_;
  WebhookSender& sender_;
  const Clock& clock_;
  IdGenerator& ids_;
  Notifier& changed_;
  const Options options_;
  const Leadership& leadership_;

  // Of the loop's executor alone.
  Random chance_;
  std::set<std::pair<TenantId, AlertEventId>> under_way_;
  bool stopping_ = false;

  std::atomic<std::uint64_t> attempts_failed_{0}, given_up_{0};
};

}  // namespace cloudcart::analytics
