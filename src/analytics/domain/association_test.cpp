#include "analytics/domain/association.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace cloudcart::analytics {
namespace {

TEST(AssociationTest, IsCountedByHand) {
  // 1000 orders, 50 with bread, 200 with butter, 30 with both: by chance it would be 10.
  const auto made = associate({.all = 1000, .product = 50, .companion = 200, .together = 30});
  EXPECT_EQ(made.support, (Number{300, 2}));
  EXPECT_EQ(made.confidence, (Number{6000, 2}));
  EXPECT_EQ(made.reverse_confidence, (Number{1500, 2}));
  EXPECT_EQ(made.lift, (Number{300, 2}));
}

TEST(AssociationTest, RoundsOnceFromTheExactRatio) {
  // 2 · 7 / (3 · 4) = 1.1666…; from a rounded confidence of 66.67 % it would be 1.1667….
  const auto made = associate({.all = 7, .product = 3, .companion = 4, .together = 2});
  EXPECT_EQ(made.confidence, (Number{6667, 2}));
  EXPECT_EQ(made.support, (Number{2857, 2}));
  EXPECT_EQ(made.lift, (Number{117, 2}));
}

TEST(AssociationTest, AShareOfNothingIsNotDefined) {
  const auto nothing = associate({});
  EXPECT_FALSE(nothing.support || nothing.confidence || nothing.reverse_confidence || nothing.lift);
  const auto apart = associate({.all = 10, .product = 2, .companion = 3, .together = 0});
  EXPECT_EQ(apart.lift, (Number{0, 2}));
  EXPECT_EQ(apart.confidence, (Number{0, 2}));
  const auto gone = associate({.all = 10, .product = 0, .companion = 3, .together = 0});
  EXPECT_FALSE(gone.confidence || gone.lift);
  EXPECT_EQ(gone.support, (Number{0, 2}));
}

TEST(AssociationPropertyTest, LiftIsTheSameBothWaysAndSharesStayWithinAHundred) {
  EXPECT_TRUE(rc::check([] {
    const auto together = *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const auto product = together + *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const auto companion = together + *rc::gen::inRange<std::int64_t>(0, 1'000'000);
    const auto all = product + companion - together + *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
    const auto one = associate({all, product, companion, together});
    const auto other = associate({all, companion, product, together});
    RC_ASSERT(one.lift == other.lift && one.support == other.support);
    RC_ASSERT(one.confidence == other.reverse_confidence);
    for (const auto& share : {one.support, one.confidence, one.reverse_confidence})
      RC_ASSERT(!share || (0 <= share->scaled && share->scaled <= 10'000));
    // Together at least as often as by chance, and only then: a lift of 1 or more.
    if (one.lift) RC_ASSERT((one.lift->scaled >= 100) || together * all < product * companion);
  }));
}

}  // namespace
}  // namespace cloudcart::analytics
