#include "order/app/list_orders.h"

namespace cloudcart::order {

Task<Result<OrderPage>> ListUserOrders::operator()(Caller caller, UserId user_id, OrderQuery query) {
  if (!caller.owns(user_id) && !caller.is_staff()) co_return fail(Error::not_found("Account"));
  query.user_id = user_id;
  co_return co_await orders_.list(std::move(caller.tenant), std::move(query), caller.deadline);
}

}  // namespace cloudcart::order
