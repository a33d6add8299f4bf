#include "adapters/memory/recommendation/memory_assortment.h"
#include "assortment_contract.h"

namespace cloudcart::recommendation {
namespace {

struct MemoryFixture {
  MemoryAssortment memory;
  Assortment& assortment() { return memory; }
  void put(TenantId tenant, AssortmentProduct product) { memory.put(std::move(tenant), std::move(product)); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, AssortmentContract, MemoryFixture);

}  // namespace
}  // namespace cloudcart::recommendation
