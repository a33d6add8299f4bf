#include "contract/product/postgres_fixture.h"
#include "contract/product/stock_repository_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, StockRepositoryContract, PostgresFixture);

}  // namespace
}  // namespace cloudcart::product
