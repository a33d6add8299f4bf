#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "adapters/clickhouse/analytics/known_facts.h"

namespace cloudcart::analytics {

/// What has come in and gone out over all time; none of it is negative.
struct ShopSums {
  std::int64_t placed_units = 0, given_back_units = 0;
  Money gross, given_back;
  /// With the event too; nullopt when a sum would not hold it.
  std::optional<ShopSums> with(const events::OrderEvent& event) const;
};

/// Sees to it that no sum of a shop's amounts can be more than 64 bits hold, as a question's sum would silently turn over.
///
/// Far from that it only keeps an upper bound: what the store had when it was first asked, and every event since, also such as
/// came twice. From half of what can be counted on it asks the store, exactly, each time; what other processes have added by
/// retries meanwhile is less than the other half.
class SumGuard {
 public:
  explicit SumGuard(clickhouse::Store& store) : store_(store) {}

  /// Of `records`, which are of one shop, in order of position, and outlive the task, the positions of those that do not fit.
  Task<Result<std::set<std::int64_t>>> excess(std::uint64_t generation, TenantId tenant,
                                              const std::vector<events::LogRecord>& records,
                                              Deadline deadline);

 private:
  Task<Result<ShopSums>> stored(std::uint64_t generation, TenantId tenant, std::int64_t before,
                                Deadline deadline);
  /// The bound with the records, when that is known and far from the end.
  bool take_in(std::uint64_t generation, const TenantId& tenant,
               const std::vector<events::LogRecord>& records);

  clickhouse::Store& store_;
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, TenantId>, ShopSums> bounds_;
};

}  // namespace cloudcart::analytics
