#include "adapters/memory/recommendation/memory_experiments.h"
#include "experiments_contract.h"

namespace cloudcart::recommendation {

struct MemoryExperimentsFixture {
  MemoryExperiments memory{small_bounds};
  ExperimentRepository& repository() { return memory; }
  ExperimentLedger& ledger() { return memory; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ExperimentsContract, MemoryExperimentsFixture);

}  // namespace cloudcart::recommendation
