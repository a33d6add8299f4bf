#include <gmock/gmock.h>

#include "recommendation/domain/id_index.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

TEST(IdIndexTest, NumbersIdsInOrderOfFirstSight) {
  IdIndex<ProductId> index;
  EXPECT_EQ(index.find(test::product(0)), std::nullopt);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  for (std::uint32_t i = 0; i < 10'000; ++i) EXPECT_EQ(index.add(test::product(i * 7)), i);
  EXPECT_EQ(index.size(), 10'000);
  EXPECT_EQ(index.find(test::product(70)), 10);
  EXPECT_EQ(index[10], test::product(70));
  EXPECT_EQ(index.find(test::product(71)), std::nullopt);
}

}  // namespace
}  // namespace cloudcart::recommendation
