#pragma once

#include <optional>
#include <vector>

#include "analytics/domain/cube.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

/// What is known from the event log, ready to be asked.
///
/// Consistency: all answers of one call are of one state, and what AnalyticsStore::apply() answered is in every
/// later one; the answers depend on the set of events applied, never on their order or on how often each
/// came. Reads only. Errors: unavailable, overloaded, deadline_exceeded; ask() also validation_failed for
/// more than `max_groups` groups.
class SalesCube {
 public:
  virtual ~SalesCube() = default;

  virtual Task<Result<CubeAnswers>> ask(TenantId tenant, CubeQuestions questions, Deadline deadline) = 0;
  /// When the first and the last flow was.
  virtual Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) = 0;
  /// The `limit` products most often together with `product`; nullopt for a product that was never in an
  /// order of the shop.
  virtual Task<Result<std::optional<Companions>>> companions(TenantId tenant, ProductId product,
                                                             TimeRange range, std::size_t limit,
                                                             Deadline deadline) = 0;
  /// One for each of `months`, consecutive calendar months in some time zone; at most max_cohort_months.
  virtual Task<Result<std::vector<Cohort>>> cohorts(TenantId tenant, TimeAxis months, Deadline deadline) = 0;
  /// All customers who ever placed an order, in no particular order.
  virtual Task<Result<std::vector<CustomerProfile>>> customers(TenantId tenant, Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
