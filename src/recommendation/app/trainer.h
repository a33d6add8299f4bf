#pragma once

#include <mutex>
#include <optional>

#include "core/clock.h"
#include "events/event_log.h"
#include "recommendation/app/model_holder.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"
#include "runtime/offload_pool.h"

namespace cloudcart::recommendation {

/// Builds the models anew from the whole log, one training at a time. The log is read on the loop of run();
/// counting happens on the pool, beside the models in use, which go on answering and learning.
class Trainer {
 public:
  Trainer(events::EventLog& log, ModelHolder& models, const Clock& clock, OffloadPool& pool,
          ModelOptions options)
      : log_(log), models_(models), clock_(clock), pool_(pool), options_(options) {}

  struct Started {
    Timestamp at;
    bool by_this_call = false;  ///< otherwise one was under way
  };
  /// Asks for a training, which run() does soon, unless one is asked for or under way already.
  Started request();

  /// Does the trainings that are asked for, until stopped. One that fails is tried again.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<void> train_until_done(BackgroundLoops::StopFlag stop);
  Task<Status> train(BackgroundLoops::StopFlag stop);
  /// Reads on from `position` to the end of the log.
  Task<Result<std::int64_t>> read_all(OrderBooks& books, BackgroundLoops::StopFlag stop);
  Task<Result<std::int64_t>> catch_up(ModelSet& models, std::int64_t from, std::int64_t to);
  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after);
  template <class F>
  Task<Status> in_pool(F function);

  bool is_requested() const;
  void finish_request();

  events::EventLog& log_;
  ModelHolder& models_;
  const Clock& clock_;
  OffloadPool& pool_;
  const ModelOptions options_;
  mutable std::mutex mutex_;
  std::optional<Timestamp> started_at_;  ///< of the training that is asked for or under way
  Notifier requested_;
};

}  // namespace cloudcart::recommendation
