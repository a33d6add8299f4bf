#include "recommendation/app/product_picker.h"

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

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

class ProductPickerTest : public testing::Test {
 protected:
  WatchedAssortment assortment;
  Wishes wishes;

  void put(std::uint32_t number, bool is_active = true, bool in_stock = true, std::string category = "C",
           Money price = Money{100}) {
    assortment.products.put({}, {.id = test::product(number),
                                 .name = "P" + std::to_string(number),
                                 .category = std::move(category),
                                 .is_active = is_active,
                                 .in_stock = in_stock,
                                 .price = price});
  }
  static std::vector<Recommendation> candidates(std::uint32_t first, std::uint32_t last,
                                                std::optional<ProductId> because = std::nullopt) {
    std::vector<Recommendation> answer;
    for (auto number = first; number <= last; ++number)
      answer.push_back({test::product(number), 1.0 / number, {ReasonKind::bought_together, because}});
    return answer;
  }
  ProductPicker picker(std::vector<ProductId> with = {}) {
    return {assortment, {}, wishes, Deadline::max(), std::move(with)};
  }
  static void take(ProductPicker& picker, std::vector<Recommendation> candidates) {
    sync_wait(picker.take(std::move(candidates))).value();
  }
  static std::vector<std::string> names(ProductPicker picker) {
    std::vector<std::string> answer;
    for (const auto& product : std::move(picker).products()) answer.push_back(product.product.name);
    return answer;
  }
  std::vector<std::string> pick(std::uint32_t first, std::uint32_t last) {
    auto it = picker();
    take(it, candidates(first, last));
    return names(std::move(it));
  }
};

TEST_F(ProductPickerTest, KeepsTheOrderAndSkipsWhatCannotBeBought) {
  put(1);
  put(2, false);
  put(3, true, false);
  put(5);
  EXPECT_THAT(pick(1, 6), ElementsAre("P1", "P5"));
}

TEST_F(ProductPickerTest, SkipsWhatIsNotAsWished) {
  put(1, true, true, "C", Money{99});
  put(2, true, true, "C", Money{100});
  put(3, true, true, "D", Money{150});
  put(4, true, true, "C", Money{200});
  put(5, true, true, "C", Money{201});
  wishes.category = "C";
  EXPECT_THAT(pick(1, 5), ElementsAre("P1", "P2", "P4", "P5"));
  wishes.min_price = Money{100};
  wishes.max_price = Money{200};
  EXPECT_THAT(pick(1, 5), ElementsAre("P2", "P4"));
  wishes.category.reset();
  EXPECT_THAT(pick(1, 5), ElementsAre("P2", "P3", "P4"));
}

TEST_F(ProductPickerTest, GoesOnUntilTheLimitIsMet) {
  for (std::uint32_t number = 1; number <= 300; ++number) put(number, number > 290);
  wishes.limit = 3;
  EXPECT_THAT(pick(1, 300), ElementsAre("P291", "P292", "P293"));
  EXPECT_LE(assortment.lookups.size(), 10);
  EXPECT_LE(std::ranges::max(assortment.lookups), Assortment::max_lookup);
}

TEST_F(ProductPickerTest, LooksUpAFewMoreThanAreWanted) {
  for (std::uint32_t number = 1; number <= 300; ++number) put(number);
  wishes.limit = 4;
  EXPECT_EQ(pick(1, 300).size(), 4);
  EXPECT_THAT(assortment.lookups, ElementsAre(8));
}

TEST_F(ProductPickerTest, GathersMoreToChooseFromForDiversity) {
  for (std::uint32_t number = 1; number <= 30; ++number) put(number);
  wishes.limit = 5;
  wishes.diversity = 0.1;
  EXPECT_EQ(pick(1, 30).size(), 20);
}

TEST_F(ProductPickerTest, NamesReasonsThatCannotBeBoughtAnyMore) {
  put(1);
  put(2);
  put(8, false, false);
  auto it = picker();
  take(it, candidates(1, 1, test::product(8)));
  take(it, candidates(2, 2, test::product(9)));
  const auto products = std::move(it).products();
  EXPECT_EQ(products[0].because_name, "P8");
  EXPECT_EQ(products[1].because_name, "") << "nobody knows it";
  EXPECT_THAT(assortment.lookups, ElementsAre(2, 2)) << "reasons come with what they are for";
}

TEST_F(ProductPickerTest, ACandidateCountsOnce) {
  put(1);
  put(2);
  auto it = picker();
  take(it, candidates(1, 1));
  take(it, candidates(1, 2));
  EXPECT_THAT(names(std::move(it)), ElementsAre("P1", "P2"));
}

TEST_F(ProductPickerTest, LooksUpWhatElseIsAskedFor) {
  put(1);
  put(7, false);
  auto with_candidates = picker({test::product(7), test::product(8)});
  take(with_candidates, candidates(1, 1));
  EXPECT_TRUE(with_candidates.knows(test::product(7)));
  EXPECT_FALSE(with_candidates.knows(test::product(8)));
  sync_wait(with_candidates.finish()).value();
  EXPECT_THAT(assortment.lookups, ElementsAre(3));
  auto alone = picker({test::product(7)});
  take(alone, {});
  EXPECT_FALSE(alone.knows(test::product(7)));
  sync_wait(alone.finish()).value();
  EXPECT_TRUE(alone.knows(test::product(7)));
}

TEST_F(ProductPickerTest, AsksNothingForNoCandidates) {
  EXPECT_THAT(pick(2, 1), IsEmpty());
  EXPECT_THAT(assortment.lookups, IsEmpty());
}

TEST_F(ProductPickerTest, HandsOnErrors) {
  assortment.down = true;
  auto it = picker();
  EXPECT_EQ(sync_wait(it.take(candidates(1, 3))).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cloudcart::recommendation
