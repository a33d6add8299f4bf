#include "contract/product/postgres_fixture.h"
#include "contract/product/stock_ledger_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, StockLedgerContract, PostgresFixture);

}  // namespace
}  // namespace cloudcart::product
