#include "adapters/memory/recommendation/cached_assortment.h"
#include "adapters/memory/recommendation/memory_assortment.h"
#include "assortment_contract.h"
#include "support/fake_clock.h"

namespace cloudcart::recommendation {
namespace {

/// Counts what it is asked for.
class CountingAssortment final : public Assortment {
 public:
  MemoryAssortment products;
  std::size_t asked_for = 0;
  bool down = false;

  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override {
    asked_for += ids.size();
    if (down) co_return fail(ErrorCode::unavailable, "The assortment is down.");
    co_return co_await products.find(std::move(tenant), std::move(ids), deadline);
  }
};

struct CachedFixture {
  CountingAssortment source;
  test::FakeClock clock;
  CachedAssortment cached{source, clock, {.time_to_live = milliseconds{1000}, .max_products = 200}};
  Assortment& assortment() { return cached; }
  void put(TenantId tenant, AssortmentProduct product) {
    source.products.put(std::move(tenant), std::move(product));
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Cached, AssortmentContract, CachedFixture);

class CachedAssortmentTest : public testing::Test {
 protected:
  CachedFixture fixture;

  void put(std::uint32_t number, bool in_stock = true) {
    fixture.put({}, {.id = test::product(number), .name = "P", .is_active = true, .in_stock = in_stock});
  }
  Result<std::vector<AssortmentProduct>> find(std::vector<std::uint32_t> numbers) {
    std::vector<ProductId> ids;
    for (const auto number : numbers) ids.push_back(test::product(number));
    return sync_wait(fixture.cached.find({}, std::move(ids), Deadline::max()));
  }
};

TEST_F(CachedAssortmentTest, AsksOnlyForWhatItDoesNotKnow) {
  put(1);
  put(2);
  find({1, 9}).value();
  EXPECT_EQ(find({1, 2, 9}).value().size(), 2);
  EXPECT_EQ(fixture.source.asked_for, 4) << "1 once, 2 once, and what nobody knows each time";
}

TEST_F(CachedAssortmentTest, WhatIsSoldOutShowsWhenTheTimeToLiveIsOver) {
  put(1);
  find({1}).value();
  put(1, false);
  fixture.clock.advance(milliseconds{999});
  EXPECT_TRUE(find({1}).value().front().in_stock);
  fixture.clock.advance(milliseconds{1});
  EXPECT_FALSE(find({1}).value().front().in_stock);
}

TEST_F(CachedAssortmentTest, KeepsNoMoreThanItMay) {
  for (std::uint32_t number = 1; number <= 250; ++number) {
    put(number);
    find({number}).value();
  }
  fixture.source.asked_for = 0;
  for (std::uint32_t number = 1; number <= 250; ++number) find({number}).value();
  EXPECT_GE(fixture.source.asked_for, 50);
}

TEST_F(CachedAssortmentTest, AFailureIsHandedOnAndNotKept) {
  put(1);
  fixture.source.down = true;
  EXPECT_EQ(find({1}).error().code, ErrorCode::unavailable);
  fixture.source.down = false;
  EXPECT_EQ(find({1}).value().size(), 1);
  fixture.source.down = true;
  EXPECT_EQ(find({1}).value().size(), 1) << "what is known needs nobody";
}

}  // namespace
}  // namespace cloudcart::recommendation
