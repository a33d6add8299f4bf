#pragma once

#include <atomic>
#include <mutex>

#include "adapters/clickhouse/analytics/fact_columns.h"
#include "adapters/clickhouse/analytics/fact_writer.h"
#include "adapters/clickhouse/analytics/generations.h"
#include "analytics/ports/analytics_store.h"
#include "analytics/ports/dead_letters.h"
#include "analytics/ports/rebuild.h"
#include "analytics/ports/sales_cube.h"

namespace cloudcart::analytics {

/// Facts in ClickHouse. Several processes may apply the same log to one database at the same time, each from its own place:
/// rows follow from the log alone, so whoever stores them, and however often, changes no answer. What is asked is what came
/// up to the stored position: of columns in memory that follow the rows, or, of a shop too large for that, by SELECTs.
class ClickHouseAnalyticsStore final : public AnalyticsStore,
                                       public SalesCube,
                                       public DeadLetters,
                                       public Rebuild {
 public:
  struct Options {
    Currency currency;  ///< of every event that is added up
    TimeZone days;      ///< whose days have rollups in memory; those of others are exact too, only costlier
    /// What columns in memory may take, about; 0: there are none.
    std::uint64_t memory_bytes = std::uint64_t{1} << 30;
    /// How many positions of the log columns may be behind when a question waits for them; beyond, SELECTs answer it.
    std::int64_t short_distance = 20'000;
    /// How long the state of a rebuild is kept when nothing is heard of the process that builds it.
    seconds rebuild_lease{600};
  };
  /// `store` is the one named "analytics"; `readers` runs what is asked of memory.
  ClickHouseAnalyticsStore(clickhouse::Store& store, OffloadPool& readers, Options options);

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  /// Of records that another process has stored already it still answers the orders that they placed. Errors: unavailable too
  /// when another process has switched to a state that has not come as far as this one; position() tells where to go on.
  Task<Result<Applied>> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  Task<Result<std::vector<PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after,
                                                      Deadline deadline) override;
  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override;

  Task<Result<CubeAnswers>> ask(TenantId tenant, CubeQuestions questions, Deadline deadline) override;
  Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) override;
  Task<Result<std::optional<Companions>>> companions(TenantId tenant, ProductId product, TimeRange range,
                                                     std::size_t limit, Deadline deadline) override;
  Task<Result<std::vector<Cohort>>> cohorts(TenantId tenant, TimeAxis months, Deadline deadline) override;
  Task<Result<std::vector<CustomerProfile>>> customers(TenantId tenant, Deadline deadline) override;

  Task<Result<Page>> list_dead_letters(TenantId tenant, std::int64_t offset, std::int64_t limit,
                                       Deadline deadline) override;
  Task<Result<Retried>> retry_dead_letter(TenantId tenant, std::int64_t position, Deadline deadline) override;

  Task<Status> begin_rebuild(Deadline deadline) override;
  Task<Result<std::int64_t>> apply_to_rebuild(std::vector<events::LogRecord> records,
                                              Deadline deadline) override;
  bool may_be_ahead() const override { return true; }
  Task<Result<bool>> switch_over(Deadline deadline) override;
  Task<Result<bool>> remove_remains(Deadline deadline) override;

  /// How many events could not be added up, as far as this process has seen: those of its own batches, or what was listed last.
  std::int64_t dead_letters_seen() const { return dead_letters_seen_; }
  /// What the columns take, about.
  std::size_t memory_bytes() const { return columns_.bytes(); }

 private:
  /// A place in the log up to which this process has applied a generation.
  struct Place {
    std::uint64_t generation = 0;
    std::int64_t position = 0;
  };

  /// Errors: conflict when none is being built.
  Result<Place> place_of_rebuild();
  /// Where this process goes on in the generation that is asked.
  Result<Place> place_in(const Generations::State& state);
  Task<Result<Applied>> apply_from(Place place, GenerationProgress stored,
                                   std::vector<events::LogRecord> records, Deadline deadline);
  /// Runs `look` (const Generations::State& → Task<Result<T>>) on the store's thread, and again when another generation was
  /// switched to meanwhile, as the rows of the one before may be gone.
  template <class T, class Look>
  Task<Result<T>> look(Deadline deadline, Look look);
  /// The same, of memory where that is there: `recall` as FactColumns::look() takes it.
  template <class T, class Recall, class Look>
  Task<Result<T>> recall_or_look(TenantId tenant, Deadline deadline, Recall recall, Look look);
  template <class T, class Look>
  Task<Result<T>> look_from(Generations::State state, Deadline deadline, Look look);

  static Snapshot asked_in(const Generations::State& state) {
    return {state.asked, state.of_asked().position};
  }

  clickhouse::Store& store_;
  const Options options_;
  Generations generations_;
  DeadLetterRows letters_;
  FactWriter writer_;
  FactColumns columns_;
  std::atomic<std::int64_t> dead_letters_seen_{0};
  std::mutex mutex_;
  std::optional<Place> applied_;  ///< guarded by mutex_; nullopt: nothing yet, the stored position counts
  std::optional<Place> rebuilt_;  ///< likewise; nullopt when none is being built
};

}  // namespace cloudcart::analytics
