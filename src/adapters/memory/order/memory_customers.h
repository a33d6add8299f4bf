#pragma once

#include <set>

#include "order/ports/customers.h"

namespace cloudcart::order {

class MemoryCustomers final : public Customers {
 public:
  void add(UserId user_id) { users_.insert(user_id); }
  Task<Result<bool>> exists(TenantId, UserId user_id, Deadline) override {
    co_return users_.contains(user_id);
  }

 private:
  std::set<UserId> users_;
};

}  // namespace cloudcart::order
