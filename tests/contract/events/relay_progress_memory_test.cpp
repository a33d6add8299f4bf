#include "adapters/memory/order/memory_relay_progress.h"
#include "contract/events/relay_progress_contract.h"

namespace cloudcart::events {
namespace {

struct MemoryProgress {
  SystemClock clock;
  order::MemoryRelayProgress progress{clock};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, RelayProgressContract, MemoryProgress);

}  // namespace cloudcart::events
