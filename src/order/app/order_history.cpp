#include "order/app/order_history.h"

namespace cloudcart::order {

Task<Result<std::vector<events::OrderEvent>>> OrderHistory::operator()(Caller caller, OrderId order_id) {
  CLOUDCART_CO_CHECK(co_await visible_order(orders_, caller, order_id));
  co_return co_await orders_.events_of(caller.tenant, order_id, caller.deadline);
}

}  // namespace cloudcart::order
