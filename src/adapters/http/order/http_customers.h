#pragma once

#include "http/service_caller.h"
#include "order/ports/customers.h"

namespace cloudcart::order {

/// The user service in another process: GET /internal/users/{id}, 404 for an account that does not exist.
class HttpCustomers final : public Customers {
 public:
  HttpCustomers(http::Client& user_service, http::ServiceToken token)
      : service_(user_service, std::move(token)) {}
  Task<Result<bool>> exists(TenantId tenant, UserId user_id, Deadline deadline) override;

 private:
  http::ServiceCaller service_;
};

}  // namespace cloudcart::order
