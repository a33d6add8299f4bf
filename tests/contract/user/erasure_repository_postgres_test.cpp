#include "contract/user/erasure_repository_contract.h"
#include "contract/user/postgres_user_stores.h"

namespace cloudcart::test {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ErasureRepositoryContract, PostgresUserStores);

}  // namespace cloudcart::test
