#include "contract/product/product_repository_contract.h"
#include "contract/product/sqlite_fixture.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, ProductRepositoryContract, SqliteFixture);

}  // namespace
}  // namespace cloudcart::product
