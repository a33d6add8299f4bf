#pragma once

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// Takes a person out of the books. Orders, amounts and events stay as they are; the customer's id leads to nobody once the
/// account is gone.
///
/// Errors: unavailable, overloaded, deadline_exceeded, outcome_unknown.
class CustomerErasure {
 public:
  virtual ~CustomerErasure() = default;
  /// Empties the shipping addresses of the customer's delivered and cancelled orders and removes the customer's
  /// idempotency keys, in one transaction; what was removed is not left in the store's own files, as far as that is in its
  /// power. Answers how many orders are still open: they need their address. Idempotent, and to be repeated until that
  /// is 0.
  virtual Task<Result<std::int64_t>> erase(TenantId tenant, UserId customer, Deadline deadline) = 0;
};

}  // namespace cloudcart::order
