#pragma once

#include <mutex>
#include <optional>

#include "core/clock.h"
#include "events/event_log.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/app/model_snapshot.h"
#include "recommendation/ports/model_snapshots.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"
#include "runtime/offload_pool.h"

namespace cloudcart::recommendation {

/// When the models are refreshed without being asked to. They learn from each order anyway; what a refresh makes
/// (regressions, weights) changes slowly, and is worth its time only after some news, or after some time.
struct RefreshPolicy {
  double regressions_after = 0.01;  ///< of the orders being new or cancelled since the last refresh
  double weights_after = 0.10;      ///< likewise since the weights were learnt
  std::uint64_t fewest_changes = 50;
  seconds shortest_pause{10};  ///< between the end of one and the start of the next
  int pause_per_work = 10;     ///< the pause is at least so many times as long as the last one took
  /// However little is new: all is learnt of it once so many times as long has passed as the last learning took, which is
  /// that part of one thread's time. What a refresh makes hangs on the moment, and processes that follow one log refresh at
  /// moments of their own; after this they answer alike. 0: never.
  int settling_per_work = 100;
  seconds between_snapshots{60};
  /// That a training or refresh uses, in the background; 0: as many as the machine runs.
  unsigned threads = 0;
};

/// Builds the models anew, one training at a time, and refreshes them by the policy. The first one begins with the
/// snapshot that an earlier process left and reads only what the log holds beyond it; those that are asked for
/// begin at the log's beginning. After refreshes a new snapshot is saved, but not in quick succession. The log is
/// read on the loop of run(); counting happens on the pool and on threads in the background, beside the models in
/// use, which go on answering and learning.
class Trainer {
 public:
  Trainer(events::EventLog& log, ModelHolder& models, ModelSnapshots& snapshots, const Clock& clock,
          OffloadPool& pool, ModelOptions options, RefreshPolicy policy = {})
      : log_(log),
        models_(models),
        snapshots_(snapshots),
        clock_(clock),
        pool_(pool),
        options_(options),
        policy_(policy) {}

  struct Started {
    Timestamp at;
    bool by_this_call = false;  ///< otherwise one was under way
  };

  /// What a training is about.
  enum class Phase : std::uint8_t {
    waiting,   ///< it was asked for and has not begun
    reading,   ///< the log
    counting,  ///< orders, pairs, customers
    learning,  ///< regressions and weights; the new models answer already
  };
  friend std::string_view to_string(Phase phase);
  struct Progress {
    Timestamp started_at;
    Phase phase = Phase::waiting;
    std::optional<double> done;  ///< of the phase, 0 to 1; empty where that can't be told
  };
  /// Saves what the models in use know as it is now, if they have been trained; else nothing is done, and answers false.
  Task<Result<bool>> save_now();
  /// Asks for a training, which run() does soon, unless one is asked for or under way already.
  Started request();
  /// Of the training that is asked for or under way; empty when there is none.
  std::optional<Progress> progress() const;

  /// Does the trainings that are asked for, and refreshes when it is time, until stopped. A training that fails is
  /// tried again.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<void> train_until_done(BackgroundLoops::StopFlag stop);
  Task<Status> train(BackgroundLoops::StopFlag stop);
  Task<void> refresh(Model::Refresh what, BackgroundLoops::StopFlag stop);
  /// What has become due, if anything.
  std::optional<Model::Refresh> due() const;
  void plan_next(Model::Refresh done, MonotonicTime ended, milliseconds took);
  /// Throws Stopping after a piece of work once it is time to stop: what is half made is thrown away.
  Crew crew(BackgroundLoops::StopFlag stop) const;
  /// Reads on from `position` to the end of the log.
  Task<Result<LogEnd>> read_all(OrderBooks& books, LogEnd from, BackgroundLoops::StopFlag stop);
  Task<Result<LogEnd>> catch_up(ModelSet& models, LogEnd from, std::int64_t to);
  /// The snapshot, if there is one of this log; why one is not used is logged.
  Task<std::optional<ModelSnapshot>> load();
  Task<bool> is_of_this_log(const ModelSnapshot& snapshot);
  Task<Status> save();
  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after);
  template <class F>
  Task<Status> in_pool(F function);

  void enter(Phase phase, std::optional<double> done = std::nullopt);
  bool is_requested() const;
  void finish_request();

  events::EventLog& log_;
  ModelHolder& models_;
  ModelSnapshots& snapshots_;
  const Clock& clock_;
  OffloadPool& pool_;
  const ModelOptions options_;
  const RefreshPolicy policy_;
  MonotonicTime next_refresh_ = MonotonicTime::max();   ///< not before the first training
  MonotonicTime next_settling_ = MonotonicTime::max();  ///< likewise
  std::uint64_t refreshed_changes_ = 0;                 ///< models_.changes() then
  std::optional<std::uint64_t> learnt_changes_;  ///< likewise; empty: the weights are those of a snapshot
  bool first_ = true;                            ///< the first training begins with the snapshot
  MonotonicTime next_save_ = MonotonicTime::min();
  mutable std::mutex mutex_;
  std::optional<Progress> progress_;  ///< of the training that is asked for or under way
  Notifier requested_;
};

}  // namespace cloudcart::recommendation
