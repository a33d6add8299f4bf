#include "adapters/memory/order/memory_catalogue.h"
#include "contract/order/catalogue_contract.h"

namespace cloudcart::order {
namespace {

struct MemoryShop {
  MemoryCatalogue catalogue;
  void put(ProductId id, std::string name, std::string category, Money price, std::int64_t pieces) {
    catalogue.put(
        id, {.name = std::move(name), .category = std::move(category), .price = price, .available = pieces});
  }
  std::int64_t available(ProductId id) { return catalogue.at(id).available; }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, CatalogueContract, MemoryShop);

}  // namespace cloudcart::order
