#include "contract/product/postgres_fixture.h"
#include "contract/product/product_repository_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ProductRepositoryContract, PostgresFixture);

}  // namespace
}  // namespace cloudcart::product
