#pragma once

#include <atomic>
#include <memory>

#include "adapters/sqlite/analytics/fact_reader.h"
#include "adapters/sqlite/store/store.h"
#include "analytics/columns/shop_memory.h"
#include "analytics/ports/analytics_store.h"
#include "analytics/ports/dead_letters.h"
#include "analytics/ports/rebuild.h"
#include "analytics/ports/sales_cube.h"
#include "core/fair_shared_mutex.h"

namespace cloudcart::analytics {

/// Facts in one SQLite file, written in the transaction that stores the log position; what is asked is answered from
/// columns in memory, which are read from the facts when the store is made and follow each commit.
class SqliteAnalyticsStore final : public AnalyticsStore,
                                   public SalesCube,
                                   public DeadLetters,
                                   public Rebuild {
 public:
  struct Options {
    TimeZone days;      ///< whose days have rollups; those of others are exact too, only costlier
    Currency currency;  ///< of every event that is added up
  };
  /// `store` is the one named "analytics"; `readers` runs what is asked. Throws std::runtime_error with a sentence for
  /// the operator when the facts cannot be read.
  SqliteAnalyticsStore(sqlite::Store& store, OffloadPool& readers, Options options);

  Task<Result<std::int64_t>> position(Deadline deadline) override;
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
  Task<Result<bool>> switch_over(Deadline deadline) override;
  Task<Result<bool>> remove_remains(Deadline deadline) override;

  /// What the columns take, for metrics.
  std::size_t memory_bytes() const;
  /// How many there are, likewise.
  std::int64_t dead_letters() const { return dead_letters_; }

 private:
  /// Which of the two states a batch is for.
  enum class Target : std::uint8_t { asked, rebuilt };
  struct Written {
    Applied applied;
    std::shared_ptr<const Learned> learned;
    std::optional<std::string> reason;  ///< of a retry that failed
    std::int64_t settled_letters = 0;
  };

  void load();
  Result<Written> write_batch(sqlite::Connection& connection, Target target,
                              const std::vector<events::LogRecord>& records) const;
  Result<Written> write_retry(sqlite::Connection& connection, const TenantId& tenant,
                              std::int64_t position) const;
  Task<Result<Written>> write(Target target, std::vector<events::LogRecord> records, Deadline deadline);
  void learn(Target target, const Written& written);
  void note_state();
  /// Runs `look` (const ShopMemory* → Result<T>) on a reader thread; nullptr is a shop of which nothing is known.
  template <class T, class Look>
  Task<Result<T>> look(TenantId tenant, Deadline deadline, Look look);

  sqlite::Store& store_;
  OffloadPool& readers_;
  const Options options_;
  mutable FairSharedMutex mutex_;
  std::unique_ptr<Memory> asked_;    ///< guarded by mutex_
  std::unique_ptr<Memory> rebuilt_;  ///< likewise; nullptr when none is being built
  std::atomic<std::int64_t> position_{0}, dead_letters_{0};
};

}  // namespace cloudcart::analytics
