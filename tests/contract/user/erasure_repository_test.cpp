#include "contract/user/erasure_repository_contract.h"
#include "contract/user/user_stores.h"

namespace cloudcart::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ErasureRepositoryContract, MemoryUserStores);
INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ErasureRepositoryContract, SqliteUserStores);

}  // namespace cloudcart::test
