#pragma once

#include "events/consumer.h"
#include "recommendation/app/manage_experiments.h"
#include "recommendation/app/record_feedback.h"
#include "runtime/event_loop.h"
#include "runtime/leadership.h"

namespace cloudcart::recommendation {

/// Attributes orders to experiments. It begins at the end of the log as it first finds it: nobody was exposed before,
/// so what lies behind says nothing.
class ExperimentConsumer final : public events::Consumer {
 public:
  ExperimentConsumer(ExperimentLedger& ledger, events::EventLog& log) : ledger_(ledger), log_(log) {}
  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;

 private:
  ExperimentLedger& ledger_;
  events::EventLog& log_;
};

/// Experiments without their transport: the use cases, the choice of variants that serving asks, and the loop that
/// sees to what runs.
class ExperimentApp {
 public:
  struct Options {
    FeedbackLimits limits = {};
    seconds pace{5};  ///< between looks at what has ended
    seconds guardrail_pace{
        60};  ///< between looks at guardrails, each a pass over the subjects; and between clearings
  };
  struct Dependencies {
    ExperimentRepository& experiments;
    ExperimentLedger& ledger;
    events::EventLog& log;
    const Clock& clock;
    IdGenerator& ids;
    Options options = {};
    const Leadership& leadership = sole_process();
    const privacy::ErasedCustomers& erased = privacy::nobody_erased();
  };
  explicit ExperimentApp(Dependencies with)
      : ledger_(with.ledger),
        clock_(with.clock),
        options_(with.options),
        leadership_(with.leadership),
        manage(with.experiments, with.ledger, with.log, choice, with.clock, with.ids),
        record_feedback(with.ledger, choice, with.clock, with.options.limits, with.erased),
        consumer(with.ledger, with.log) {}
  ExperimentApp(const ExperimentApp&) = delete;
  ExperimentApp& operator=(const ExperimentApp&) = delete;

 private:
  ExperimentLedger& ledger_;
  const Clock& clock_;
  const Options options_;
  const Leadership& leadership_;

 public:
  ExperimentChoice choice;
  ManageExperiments manage;
  RecordFeedback record_feedback;
  ExperimentConsumer consumer;

  /// Reads what runs, and where this process leads stops what has ended and what does harm, and forgets what has expired, until stopped.
  Task<void> watch(BackgroundLoops::StopFlag stop);

 private:
  Task<Status> look(bool also_at_guardrails, Deadline deadline);
};

}  // namespace cloudcart::recommendation
