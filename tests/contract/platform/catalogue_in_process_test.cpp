#include "app/platform/in_process.h"
#include "contract/order/catalogue_contract.h"
#include "support/memory_products.h"

namespace cloudcart::order {
namespace {

struct InProcessShop {
  void put(ProductId id, std::string name, std::string category, Money price, std::int64_t pieces) {
    products.put({}, {.id = id,
                      .name = std::move(name),
                      .price = price,
                      .category_name = std::move(category),
                      .inventory_count = pieces});
  }
  std::int64_t available(ProductId id) {
    return sync_wait(products.app.find_products(Caller{}, {id})).value().at(0).inventory_count;
  }

  test::MemoryProducts products;
  app::InProcessCatalogue catalogue{products.app};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(InProcess, CatalogueContract, InProcessShop);

}  // namespace cloudcart::order
