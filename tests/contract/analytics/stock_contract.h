#pragma once

#include <gmock/gmock.h>

#include "analytics/ports/stock.h"
#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {

/// What every Stock does. `Fixture` has `Stock& stock()` and `void put(TenantId, ProductStock)`.
template <class Fixture>
class StockContract : public testing::Test {
 protected:
  Fixture fixture;
  const TenantId shop{"main"};

  static ProductId id(std::uint32_t number) { return test::id_of<ProductId>(number); }
  static ProductStock sample(std::uint32_t number) {
    return {.product = id(number),
            .name = "Käse " + std::to_string(number),
            .available = 10 + static_cast<std::int64_t>(number),
            .is_active = true};
  }
  Result<std::vector<ProductStock>> find(std::vector<ProductId> ids, TenantId tenant = {"main"}) {
    return sync_wait(fixture.stock().find(std::move(tenant), std::move(ids), Deadline::max()));
  }
};

TYPED_TEST_SUITE_P(StockContract);

TYPED_TEST_P(StockContract, FindsWhatIsThereAndLeavesOutTheRest) {
  for (const auto number : {1u, 2u, 3u}) this->fixture.put(this->shop, this->sample(number));
  const auto found = this->find({this->id(3), this->id(9), this->id(1)});
  EXPECT_THAT(found.value(), testing::UnorderedElementsAre(this->sample(1), this->sample(3)));
}

TYPED_TEST_P(StockContract, TellsInactiveAndSoldOutProducts) {
  auto inactive = this->sample(1), sold_out = this->sample(2);
  inactive.is_active = false;
  sold_out.available = 0;
  this->fixture.put(this->shop, inactive);
  this->fixture.put(this->shop, sold_out);
  EXPECT_THAT(this->find({this->id(1), this->id(2)}).value(),
              testing::UnorderedElementsAre(inactive, sold_out));
}

TYPED_TEST_P(StockContract, AnswersAnIdThatIsAskedTwiceOnce) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_EQ(this->find({this->id(1), this->id(1)}).value().size(), 1u);
}

TYPED_TEST_P(StockContract, KnowsNothingOfOtherShops) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_THAT(this->find({this->id(1)}, {"other"}).value(), testing::IsEmpty());
}

TYPED_TEST_P(StockContract, AnswersALookupOfNothingWithNothing) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_THAT(this->find({}).value(), testing::IsEmpty());
}

TYPED_TEST_P(StockContract, TakesAsManyIdsAsItPromises) {
  std::vector<ProductId> ids;
  for (std::uint32_t number = 1; number <= Stock::max_lookup; ++number) {
    this->fixture.put(this->shop, this->sample(number));
    ids.push_back(this->id(number));
  }
  EXPECT_EQ(this->find(ids).value().size(), Stock::max_lookup);
}

REGISTER_TYPED_TEST_SUITE_P(StockContract, FindsWhatIsThereAndLeavesOutTheRest,
                            TellsInactiveAndSoldOutProducts, AnswersAnIdThatIsAskedTwiceOnce,
                            KnowsNothingOfOtherShops, AnswersALookupOfNothingWithNothing,
                            TakesAsManyIdsAsItPromises);

}  // namespace cloudcart::analytics
