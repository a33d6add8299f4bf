#pragma once

#include "core/caller.h"
#include "core/clock.h"
#include "recommendation/app/trainer.h"

namespace cloudcart::recommendation {

struct ModelDescription {
  std::optional<Training> training;            ///< the last one; empty while the first runs
  std::optional<Trainer::Progress> under_way;  ///< the one that is asked for or runs
  ModelSize size;
  std::int64_t position = 0;  ///< of the log, up to which it has been learnt
  /// As far as the log counts; 0 exactly when nothing is left to learn.
  std::int64_t events_behind = 0;
  Timestamp at;
};

/// The state of the caller's shop's model. Errors: those of the log.
class DescribeModel {
 public:
  DescribeModel(events::EventLog& log, const ModelHolder& models, const Trainer& trainer, const Clock& clock)
      : log_(log), models_(models), trainer_(trainer), clock_(clock) {}
  Task<Result<ModelDescription>> operator()(Caller caller);

 private:
  events::EventLog& log_;
  const ModelHolder& models_;
  const Trainer& trainer_;
  const Clock& clock_;
};

}  // namespace cloudcart::recommendation
