#include "adapters/memory/promotion/memory_shop.h"
#include "contract/promotion/shop_target_contract.h"

namespace cloudcart::promotion {
namespace {

class Memory : public testing::Test {
 protected:
  ShopTarget& target() { return target_; }

 private:
  MemoryShop target_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ShopTargetContract, Memory);

}  // namespace
}  // namespace cloudcart::promotion
