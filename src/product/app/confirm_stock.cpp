#include "product/app/confirm_stock.h"

namespace cloudcart::product {

Task<Status> ConfirmStock::operator()(Caller caller, OrderId order) {
  co_return co_await stock_.confirm(caller.tenant, order, clock_.now(), caller.deadline);
}

}  // namespace cloudcart::product
