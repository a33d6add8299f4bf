#include "contract/user/postgres_user_stores.h"
#include "contract/user/setup_repository_contract.h"

namespace cloudcart::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, SetupRepositoryContract, PostgresUserStores);

}  // namespace cloudcart::test
