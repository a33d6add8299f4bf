#include "adapters/memory/product/memory_orders.h"
#include "contract/product/orders_contract.h"

namespace cloudcart::product {
namespace {

class MemoryOrderService {
 public:
  Orders& orders() { return orders_; }
  bool place(const TenantId& tenant, std::uint32_t n) {
    return orders_.place(tenant, test::numbered<OrderId>(n));
  }
  void move_to(const TenantId& tenant, std::uint32_t n, OrderStatus status) {
    orders_.move_to(tenant, test::numbered<OrderId>(n), status);
  }

 private:
  MemoryOrders orders_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, OrdersContract, MemoryOrderService);

}  // namespace
}  // namespace cloudcart::product
