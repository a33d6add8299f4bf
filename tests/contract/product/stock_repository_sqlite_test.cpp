#include "contract/product/sqlite_fixture.h"
#include "contract/product/stock_repository_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StockRepositoryContract, SqliteFixture);

}  // namespace
}  // namespace cloudcart::product
