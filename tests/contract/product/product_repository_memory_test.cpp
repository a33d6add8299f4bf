#include "contract/product/memory_fixture.h"
#include "contract/product/product_repository_contract.h"

namespace cloudcart::product {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ProductRepositoryContract, MemoryFixture);

}  // namespace
}  // namespace cloudcart::product
