#pragma once

#include <map>
#include <set>

#include "product/ports/orders.h"

namespace cloudcart::product {

/// An order service that knows of each order its status. For one thread.
class MemoryOrders final : public Orders {
 public:
  /// False when the id was closed.
  bool place(const TenantId& tenant, OrderId id) {
    return !closed_.contains({tenant, id}) && statuses_.try_emplace({tenant, id}).second;
  }
  void move_to(const TenantId& tenant, OrderId id, OrderStatus status) {
    statuses_.at({tenant, id}) = status;
  }

  Task<Result<std::vector<std::optional<OrderStatus>>>> settle(TenantId tenant, std::vector<OrderId> ids,
                                                               Deadline) override {
    if (failure) co_return fail(*failure);
    ++asked;
    std::vector<std::optional<OrderStatus>> statuses;
    for (const auto& id : ids) {
      const auto found = statuses_.find({tenant, id});
      if (found == statuses_.end()) closed_.insert({tenant, id});
      statuses.push_back(found == statuses_.end() ? std::nullopt : std::optional{found->second});
    }
    co_return statuses;
  }

  std::optional<Error> failure;  ///< what to answer instead
  int asked = 0;                 ///< how often it has answered

 private:
  std::map<std::pair<TenantId, OrderId>, OrderStatus> statuses_;
  std::set<std::pair<TenantId, OrderId>> closed_;
};

}  // namespace cloudcart::product
