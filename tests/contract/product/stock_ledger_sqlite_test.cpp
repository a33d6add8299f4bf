#include "contract/product/sqlite_fixture.h"
#include "contract/product/stock_ledger_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, StockLedgerContract, SqliteFixture);

}  // namespace
}  // namespace cloudcart::product
