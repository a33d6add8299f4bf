#include "adapters/memory/import/memory_import_sink.h"
#include "contract/import/import_sink_contract.h"

namespace cloudcart::history {
namespace {

class Memory : public testing::Test {
 protected:
  ImportSink& sink() { return sink_; }
  std::optional<OrderStatus> status_of(const TenantId& tenant, OrderId id) {
    const auto& orders = sink_.shop(tenant).orders;
    const auto found = orders.find(id.value);
    if (found == orders.end()) return std::nullopt;
    return found->second.status;
  }

 private:
  MemoryImportSink sink_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ImportSinkContract, Memory);

}  // namespace
}  // namespace cloudcart::history
