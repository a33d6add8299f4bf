#include "contract/user/session_repository_contract.h"
#include "contract/user/user_stores.h"

namespace cloudcart::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, SessionRepositoryContract, MemoryUserStores);

}  // namespace cloudcart::test
