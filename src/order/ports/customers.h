#pragma once

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// What the order service asks of the user service, when someone orders for another account.
class Customers {
 public:
  virtual ~Customers() = default;
  /// Errors: unavailable, deadline_exceeded, overloaded.
  virtual Task<Result<bool>> exists(TenantId tenant, UserId user_id, Deadline deadline) = 0;
};

}  // namespace cloudcart::order
