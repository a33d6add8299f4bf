#include "app/platform/in_process.h"
#include "contract/recommendation/assortment_contract.h"
#include "support/memory_products.h"

namespace cloudcart::recommendation {
namespace {

struct InProcessFixture {
  Assortment& assortment() { return in_process; }
  void put(TenantId tenant, AssortmentProduct product) {
    products.put(tenant, {.id = product.id,
                          .name = product.name,
                          .price = product.price,
                          .category_name = product.category,
                          .inventory_count = product.in_stock ? 5 : 0,
                          .is_active = product.is_active});
  }

  test::MemoryProducts products;
  app::InProcessAssortment in_process{products.app};
};

INSTANTIATE_TYPED_TEST_SUITE_P(InProcess, AssortmentContract, InProcessFixture);

}  // namespace
}  // namespace cloudcart::recommendation
