#include "app/platform/in_process.h"
#include "contract/analytics/stock_contract.h"
#include "support/memory_products.h"

namespace cloudcart::analytics {
namespace {

struct InProcessFixture {
  Stock& stock() { return in_process; }
  void put(TenantId tenant, ProductStock product) {
    products.put(tenant, {.id = product.product,
                          .name = product.name,
                          .price = Money{1999},
                          .category_name = "Food",
                          .inventory_count = product.available,
                          .is_active = product.is_active});
  }

  test::MemoryProducts products;
  app::InProcessStock in_process{products.app};
};

INSTANTIATE_TYPED_TEST_SUITE_P(InProcess, StockContract, InProcessFixture);

}  // namespace
}  // namespace cloudcart::analytics
