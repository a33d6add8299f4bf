#include "adapters/http/order/http_customers.h"

namespace cloudcart::order {

Task<Result<bool>> HttpCustomers::exists(TenantId tenant, UserId user_id, Deadline deadline) {
  const auto found =
      co_await service_.get(std::move(tenant), "/internal/users/" + user_id.to_string(), deadline);
  if (found) co_return true;
  if (found.error().code == ErrorCode::not_found) co_return false;
  co_return fail(http::ServiceCaller::for_caller(found.error(), {}));
}

}  // namespace cloudcart::order
