#pragma once

#include <gmock/gmock.h>

#include "recommendation/ports/assortment.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {

/// What every Assortment does. `Fixture` has `Assortment& assortment()` and `void put(TenantId,
/// AssortmentProduct)`.
template <class Fixture>
class AssortmentContract : public testing::Test {
 protected:
  Fixture fixture;
  const TenantId shop{"main"};

  static AssortmentProduct sample(std::uint32_t number) {
    return {.id = test::product(number),
            .name = "Käse " + std::to_string(number),
            .category = "Food",
            .is_active = true,
            .in_stock = true,
            .price = Money{1999}};
  }
  Result<std::vector<AssortmentProduct>> find(std::vector<ProductId> ids, TenantId tenant = {"main"}) {
    return sync_wait(fixture.assortment().find(std::move(tenant), std::move(ids), Deadline::max()));
  }
};

TYPED_TEST_SUITE_P(AssortmentContract);

TYPED_TEST_P(AssortmentContract, FindsWhatIsThereAndLeavesOutTheRest) {
  this->fixture.put(this->shop, this->sample(1));
  this->fixture.put(this->shop, this->sample(2));
  this->fixture.put(this->shop, this->sample(3));
  const auto found = this->find({test::product(3), test::product(9), test::product(1)});
  EXPECT_THAT(found.value(), testing::UnorderedElementsAre(this->sample(1), this->sample(3)));
}

TYPED_TEST_P(AssortmentContract, TellsInactiveAndSoldOutProducts) {
  auto inactive = this->sample(1), sold_out = this->sample(2);
  inactive.is_active = false;
  sold_out.in_stock = false;
  this->fixture.put(this->shop, inactive);
  this->fixture.put(this->shop, sold_out);
  const auto found = this->find({test::product(1), test::product(2)});
  EXPECT_THAT(found.value(), testing::UnorderedElementsAre(inactive, sold_out));
}

TYPED_TEST_P(AssortmentContract, AnswersAnIdThatIsAskedTwiceOnce) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_EQ(this->find({test::product(1), test::product(1)}).value().size(), 1);
}

TYPED_TEST_P(AssortmentContract, KnowsNothingOfOtherShops) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_THAT(this->find({test::product(1)}, {"other"}).value(), testing::IsEmpty());
}

TYPED_TEST_P(AssortmentContract, AnswersALookupOfNothingWithNothing) {
  this->fixture.put(this->shop, this->sample(1));
  EXPECT_THAT(this->find({}).value(), testing::IsEmpty());
}

TYPED_TEST_P(AssortmentContract, TakesAsManyIdsAsItPromises) {
  std::vector<ProductId> ids;
  for (std::uint32_t number = 0; number < Assortment::max_lookup; ++number) {
    this->fixture.put(this->shop, this->sample(number));
    ids.push_back(test::product(number));
  }
  EXPECT_EQ(this->find(ids).value().size(), Assortment::max_lookup);
}

REGISTER_TYPED_TEST_SUITE_P(AssortmentContract, FindsWhatIsThereAndLeavesOutTheRest,
                            TellsInactiveAndSoldOutProducts, AnswersAnIdThatIsAskedTwiceOnce,
                            KnowsNothingOfOtherShops, AnswersALookupOfNothingWithNothing,
                            TakesAsManyIdsAsItPromises);

}  // namespace cloudcart::recommendation
