#pragma once

#include "adapters/sqlite/store/store.h"
#include "order/ports/customer_erasure.h"

namespace cloudcart::order {

/// Over the store "order".
class SqliteCustomerErasure final : public CustomerErasure {
 public:
  explicit SqliteCustomerErasure(sqlite::Store& store) : store_(store) {}
  Task<Result<std::int64_t>> erase(TenantId tenant, UserId customer, Deadline deadline) override;

 private:
  sqlite::Store& store_;
};

}  // namespace cloudcart::order
