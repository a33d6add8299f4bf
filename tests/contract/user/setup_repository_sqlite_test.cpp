#include "contract/user/setup_repository_contract.h"
#include "contract/user/user_stores.h"

namespace cloudcart::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, SetupRepositoryContract, SqliteUserStores);

}  // namespace cloudcart::test
