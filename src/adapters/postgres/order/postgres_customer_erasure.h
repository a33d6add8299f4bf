#pragma once

#include "adapters/postgres/store/store.h"
#include "order/ports/customer_erasure.h"

namespace cloudcart::order {

/// Over the store "order". Old versions of rows go when the server vacuums its tables: docs/PRIVACY.md.
class PostgresCustomerErasure final : public CustomerErasure {
 public:
  explicit PostgresCustomerErasure(postgres::Store& store) : store_(store) {}
  Task<Result<std::int64_t>> erase(TenantId tenant, UserId customer, Deadline deadline) override;

 private:
  postgres::Store& store_;
};

}  // namespace cloudcart::order
