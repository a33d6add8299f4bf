#pragma once

#include <optional>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "events/order_event.h"
#include "runtime/task.h"

namespace cloudcart::product {

/// What the product service asks of the order service, when it has kept stock for an order for long.
class Orders {
 public:
  virtual ~Orders() = default;
  /// One per id, in the order of `ids`: the order's status, or nullopt where there is none. Then there never
  /// will be one either: the order service has closed the id before it answers, so that an order which is just
  /// being placed under it fails and undoes itself. At most most_settled ids. Idempotent. Errors: unavailable,
  /// overloaded, deadline_exceeded, outcome_unknown (ask again).
  virtual Task<Result<std::vector<std::optional<OrderStatus>>>> settle(TenantId tenant,
                                                                       std::vector<OrderId> ids,
                                                                       Deadline deadline) = 0;
};

constexpr std::size_t most_settled = 1000;

}  // namespace cloudcart::product
