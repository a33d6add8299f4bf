#include "contract/product/memory_fixture.h"
#include "contract/product/stock_repository_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StockRepositoryContract, MemoryFixture);

}  // namespace
}  // namespace cloudcart::product
