#include "adapters/memory/analytics/memory_ledger.h"
#include "ledger_contract.h"

namespace cloudcart::analytics {
namespace {

struct MemoryFixture {
  MemoryLedger memory;
  std::int64_t position = 0;
  Ledger& ledger() { return memory; }
  void put(order::ImportedOrder order) {
    for (auto& event : order.events) memory.append({++position, std::move(event)});
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, LedgerContract, MemoryFixture);

}  // namespace
}  // namespace cloudcart::analytics
