#pragma once

#include "adapters/clickhouse/analytics/dead_letter_rows.h"
#include "adapters/clickhouse/analytics/fact_rows.h"
#include "adapters/clickhouse/analytics/generations.h"
#include "adapters/clickhouse/analytics/shop_sums.h"

namespace cloudcart::analytics {

/// Stores the rows of batches, in an order in which a crash at any point leaves nothing that a repetition does not mend, and
/// two writers of the same records do not disturb each other: the events first; then what follows from them and from what is
/// stored of their orders, theirs included, so that of two events that come in by different ways the later one sees both; the
/// position, by who calls, last.
class FactWriter {
 public:
  FactWriter(clickhouse::Store& store, Currency currency) : store_(store), currency_(currency) {}

  struct Written {
    Applied applied;  ///< without the position
    std::map<TenantId, Timestamp> last_event_at;
  };

  /// `store_them`: false when others have stored them, and only what they did is asked.
  Task<Result<Written>> write(std::uint64_t generation, std::vector<events::LogRecord> records,
                              bool store_them, Deadline deadline);
  /// Adds up the event of a letter, or says why it cannot be.
  Task<Result<DeadLetters::Retried>> retry(std::uint64_t generation, DeadLetter letter, Deadline deadline);

 private:
  using ByShop = std::map<TenantId, std::vector<events::LogRecord>>;

  /// Takes those that cannot be added up out of `shops`.
  Task<Result<std::vector<DeadLetter>>> judge(std::uint64_t generation, ByShop& shops, Deadline deadline);
  static FactRows events_of(std::uint64_t generation, const ByShop& shops);
  Task<Status> store_all(std::vector<TableRows> tables, Deadline deadline);
  Task<Status> store_events(FactRows rows, Deadline deadline);

  clickhouse::Store& store_;
  const Currency currency_;
  DeadLetterRows letters_{store_};
  SumGuard sums_{store_};
};

}  // namespace cloudcart::analytics
