#include "app/platform/in_process.h"
#include "contract/product/orders_contract.h"
#include "support/stored_orders.h"

namespace cloudcart::product {
namespace {

class InProcessOrderService : public test::StoredOrders {
 public:
  Orders& orders() { return orders_; }

 private:
  SystemClock clock_;
  app::InProcessOrders orders_{repository, clock_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(InProcess, OrdersContract, InProcessOrderService);

}  // namespace
}  // namespace cloudcart::product
