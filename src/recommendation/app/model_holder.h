#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "events/consumer.h"
#include "privacy/erased_customers.h"
#include "recommendation/app/model_set.h"
#include "runtime/notifier.h"

namespace cloudcart::recommendation {

/// How far a log was read, and what stands there.
struct LogEnd {
  std::int64_t position = 0;
  EventId event;
};

struct Training {
  Timestamp finished_at;
  milliseconds took{};
  std::int64_t version = 0;  ///< counts trainings and refreshes
  /// The last refresh of what the models know by it; empty while the first one runs.
  std::optional<Timestamp> refreshed_at;
  milliseconds refresh_took{};
  std::optional<Timestamp>
      restored_at;  ///< of this process: when a snapshot was taken up; empty: the whole log was read
  std::optional<Timestamp> snapshot_at;  ///< when the last one was saved
};

/// A shop's model that answers, and which training or refresh made it; 0 before the first one.
struct ModelInUse {
  std::shared_ptr<const Model> model;
  std::int64_t version = 0;
};

/// The models that answer, how far they have followed the log, and the handover to newly trained ones. Safe
/// between threads.
///
/// A handover loses nothing and never goes back in time: from prepare() on, the successor learns what the
/// models in use learn, while the trainer brings it what it has not seen before that; then promote()
/// exchanges them. Events that reach the successor both ways do no harm, nor does their order.
class ModelHolder final : public events::Consumer {
 public:
  /// What those of `erased` ordered is learnt as orders of nobody.
  explicit ModelHolder(ModelOptions options,
                       const privacy::ErasedCustomers& erased = privacy::nobody_erased())
      : erased_(erased), in_use_(std::make_shared<ModelSet>(options)) {}

  std::shared_ptr<const Model> model_of(const TenantId& tenant) const;
  ModelInUse in_use(const TenantId& tenant) const;
  /// The last training; empty before the first one.
  std::optional<Training> training() const;
  std::int64_t applied_position() const;
  /// Ends once there was a training, or at `until`.
  Task<bool> wait_until_trained(MonotonicTime until);

  /// Answers the position that the trainer must bring the successor to before it may promote it.
  std::int64_t prepare(std::shared_ptr<ModelSet> successor);
  /// The prepared successor, which has learnt everything up to `position`, answers from now on. Gives back
  /// the models it replaces, for the caller to destroy where that may take time.
  std::shared_ptr<ModelSet> promote(LogEnd reached, Timestamp now, milliseconds took);

  /// Customers who are among the erased from now on.
  void forget(const std::vector<privacy::Erasure>& erasures);
  /// Takes the erased customers out of what is to be learnt.
  void make_nobodys(std::vector<events::LogRecord>& records) const;

  /// Makes what the models in use know by refreshing anew, beside their answers and their learning.
  void refresh(Model::Refresh what, const Crew& crew);
  void note_refresh(Timestamp now, milliseconds took);
  /// All models at the position that they have followed the log to; learning waits meanwhile.
  SnapshotWriter snapshot();
  /// A snapshot was taken up: versions go on from its.
  void note_restored(std::int64_t version, Timestamp now);
  void note_saved(Timestamp now);
  /// Orders that all models hold.
  std::uint64_t orders() const;
  /// Grows with each order and cancellation that was learnt.
  std::uint64_t changes() const { return changes_.load(); }

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Status> apply(std::vector<events::LogRecord> records, Deadline deadline) override;

 private:
  struct Learners {
    std::shared_ptr<ModelSet> in_use;
    std::shared_ptr<ModelSet> successor;
    std::int64_t position;
  };
  Learners learners() const;

  const privacy::ErasedCustomers& erased_;
  std::mutex applying_;  ///< held for a whole apply(), prepare() and promote(); taken before mutex_
  mutable std::mutex mutex_;
  std::shared_ptr<ModelSet> in_use_;
  std::shared_ptr<ModelSet> successor_;
  std::int64_t position_ = 0;
  EventId last_event_;  ///< at position_, where it was learnt here
  std::int64_t versions_ = 0;
  std::optional<Timestamp> restored_at_, snapshot_at_;
  std::optional<Training> training_;
  std::atomic<std::uint64_t> changes_{0};
  Notifier trained_;
};

}  // namespace cloudcart::recommendation
