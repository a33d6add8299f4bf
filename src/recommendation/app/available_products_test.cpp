#include "recommendation/app/available_products.h"

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

/// Counts the ids it is asked for, and can be down.
class WatchedAssortment final : public Assortment {
 public:
  MemoryAssortment products;
  std::vector<std::size_t> lookups;
  bool down = false;

  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override {
    lookups.push_back(ids.size());
    if (down) co_return fail(ErrorCode::unavailable, "The assortment is down.");
    co_return co_await products.find(std::move(tenant), std::move(ids), deadline);
  }
};

class FirstAvailableTest : public testing::Test {
 protected:
  WatchedAssortment assortment;

  void put(std::uint32_t number, bool is_active = true, bool in_stock = true) {
    assortment.products.put({}, {.id = test::product(number),
                                 .name = "P" + std::to_string(number),
                                 .is_active = is_active,
                                 .in_stock = in_stock});
  }
  auto pick(std::uint32_t first, std::uint32_t last, std::size_t limit) {
    std::vector<ProductId> candidates;
    for (auto number = first; number <= last; ++number) candidates.push_back(test::product(number));
    return sync_wait(first_available(assortment, {}, candidates, limit, Deadline::max()));
  }
  std::vector<std::string> names(std::uint32_t first, std::uint32_t last, std::size_t limit) {
    std::vector<std::string> answer;
    for (const auto& product : pick(first, last, limit).value()) answer.push_back(product.name);
    return answer;
  }
};

TEST_F(FirstAvailableTest, KeepsTheOrderAndSkipsWhatCannotBeBought) {
  put(1);
  put(2, false);
  put(3, true, false);
  put(5);
  EXPECT_THAT(names(1, 6, 10), testing::ElementsAre("P1", "P5"));
  EXPECT_EQ(pick(1, 6, 10).value()[1].candidate, 4);
}

TEST_F(FirstAvailableTest, GoesOnUntilTheLimitIsMet) {
  for (std::uint32_t number = 1; number <= 300; ++number) put(number, number > 290);
  EXPECT_THAT(names(1, 300, 3), testing::ElementsAre("P291", "P292", "P293"));
  EXPECT_LE(assortment.lookups.size(), 8);
  EXPECT_LE(std::ranges::max(assortment.lookups), Assortment::max_lookup);
}

TEST_F(FirstAvailableTest, LooksUpAFewMoreThanAreWanted) {
  for (std::uint32_t number = 1; number <= 300; ++number) put(number);
  EXPECT_EQ(names(1, 300, 4).size(), 4);
  EXPECT_THAT(assortment.lookups, testing::ElementsAre(8));
  EXPECT_EQ(names(1, 300, 100).size(), 100);
  EXPECT_THAT(assortment.lookups, testing::ElementsAre(8, 100));
}

TEST_F(FirstAvailableTest, AsksNothingForNoCandidates) {
  EXPECT_THAT(sync_wait(first_available(assortment, {}, {}, 5, Deadline::max())).value(), testing::IsEmpty());
  EXPECT_THAT(assortment.lookups, testing::IsEmpty());
}

TEST_F(FirstAvailableTest, HandsOnErrors) {
  assortment.down = true;
  EXPECT_EQ(pick(1, 3, 2).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cloudcart::recommendation
