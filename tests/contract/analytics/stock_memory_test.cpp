#include "adapters/memory/analytics/memory_stock.h"
#include "stock_contract.h"

namespace cloudcart::analytics {
namespace {

struct MemoryFixture {
  MemoryStock memory;
  Stock& stock() { return memory; }
  void put(TenantId tenant, ProductStock product) { memory.put(std::move(tenant), std::move(product)); }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StockContract, MemoryFixture);

}  // namespace
}  // namespace cloudcart::analytics
