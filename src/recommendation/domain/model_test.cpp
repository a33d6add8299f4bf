#include "recommendation/domain/model.h"

#include <cmath>

#include <gmock/gmock.h>

#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;
using test::cancellation_of;
using test::credit_note;
using test::product;
using test::user;
using testing::ElementsAre;
using testing::IsEmpty;

MATCHER_P2(Scored, id, score, "") {
  return arg.product == id && std::abs(arg.score - score) < 1e-9;
}

/// Two models of the same events: one learnt them one by one, one counted them from scratch.
struct Models {
  Model live;
  Model trained;

  explicit Models(const std::vector<events::OrderEvent>& history, ModelOptions options = {})
      : live(options), trained(book_of(history), options) {
    for (const auto& event : history) live.apply(event);
  }
  static OrderBook book_of(const std::vector<events::OrderEvent>& history) {
    OrderBook book;
    for (const auto& event : history) book.record(event);
    return book;
  }
  template <class Check>
  void each(Check check) const {
    {
      SCOPED_TRACE("live");
      check(live);
    }
    SCOPED_TRACE("trained");
    check(trained);
  }
};

TEST(SimilarProductsTest, AreTheCosinesOfSharedOrders) {
  // 1 is in three orders, 2 in two, 3 in two, 4 in one.
  const Models models(
      {bought(1, 1, {{1}, {2}}), bought(2, 1, {{1}, {2}, {3}}), bought(3, 2, {{1}, {3}, {4}})});
  models.each([](const Model& model) {
    EXPECT_THAT(model.similar(product(1), 10),
                ElementsAre(Scored(product(2), 2 / std::sqrt(6.0)), Scored(product(3), 2 / std::sqrt(6.0)),
                            Scored(product(4), 1 / std::sqrt(3.0))));
    EXPECT_THAT(model.similar(product(4), 10),
                ElementsAre(Scored(product(3), 1 / std::sqrt(2.0)), Scored(product(1), 1 / std::sqrt(3.0))));
    EXPECT_THAT(model.similar(product(1), 1), ElementsAre(Scored(product(2), 2 / std::sqrt(6.0))));
    EXPECT_THAT(model.similar(product(99), 10), IsEmpty());
  });
}

TEST(SimilarProductsTest, AreNoneForAProductThatIsBoughtAlone) {
  Models({bought(1, 1, {{1}, {1}})}).each([](const Model& model) {
    EXPECT_THAT(model.similar(product(1), 10), IsEmpty());
  });
}

TEST(SimilarProductsTest, ForgetACancelledOrderAtOnce) {
  const auto second = bought(2, 1, {{1}, {3}});
  const Models models({bought(1, 1, {{1}, {2}}), second, cancellation_of(second)});
  models.each([](const Model& model) {
    EXPECT_THAT(model.similar(product(1), 10), ElementsAre(Scored(product(2), 1.0)));
    EXPECT_THAT(model.similar(product(3), 10), IsEmpty());
  });
}

TEST(SimilarProductsTest, OnlyTheFirstProductsOfALargeBasketArePaired) {
  const Models models({bought(1, 1, {{1}, {2}, {3}})}, {.basket_products = 2});
  models.each([](const Model& model) {
    EXPECT_THAT(model.similar(product(1), 10), ElementsAre(Scored(product(2), 1.0)));
    EXPECT_THAT(model.similar(product(3), 10), IsEmpty());
    EXPECT_EQ(model.popular(10).size(), 3);
  });
}

TEST(CustomerTest, IsRecommendedWhatGoesWithTheOrdersAndTheOrdersThemselves) {
  // Customer 1 bought 1 on day 0 and again, with 2, on day 60. 3 goes with 1 by customer 2's order.
  const Models models({bought(1, 1, {{1}}, 0), bought(2, 1, {{1}, {2}}, 60), bought(3, 2, {{1}, {3}}, 10)});
  const double one_two = 1 / std::sqrt(3.0), one_three = 1 / std::sqrt(3.0);
  models.each([&](const Model& model) {
    EXPECT_THAT(model.for_user(user(1), 10),
                ElementsAre(Scored(product(1), 1.5 + one_two), Scored(product(2), 1 + 1.5 * one_two),
                            Scored(product(3), 1.5 * one_three)));
    EXPECT_THAT(model.for_user(user(2), 10),
                ElementsAre(Scored(product(1), 1 + one_three), Scored(product(3), 1 + one_three),
                            Scored(product(2), one_two)));
    EXPECT_THAT(model.for_user(user(9), 10), IsEmpty());
  });
}

TEST(CustomerTest, WithNothingButCancelledOrdersIsUnknown) {
  const auto only = bought(1, 1, {{1}, {2}});
  Models({only, cancellation_of(only), credit_note(2, 2, {{1}})}).each([](const Model& model) {
    EXPECT_THAT(model.for_user(user(1), 10), IsEmpty());
    EXPECT_THAT(model.for_user(user(2), 10), IsEmpty());
    EXPECT_EQ(model.size().users, 0);
  });
}

TEST(CustomerTest, IsKnownByTheMostRecentPurchases) {
  const std::vector history{bought(1, 1, {{1}}, 0), bought(2, 1, {{2}}, 1), bought(3, 1, {{3}, {2}}, 2)};
  Models(history, {.history_products = 2}).each([](const Model& model) {
    EXPECT_EQ(model.for_user(user(1), 10).size(), 2);
    EXPECT_EQ(model.for_user(user(1), 10)[0].product, product(2));
  });
  Models(history, {.history_orders = 1}).each([](const Model& model) {
    EXPECT_EQ(model.for_user(user(1), 10)[0].score, model.for_user(user(1), 10)[1].score);
  });
}

TEST(CustomerTest, OnlyTheClosestNeighboursCount) {
  const std::vector history{bought(1, 1, {{1}}), bought(2, 2, {{1}, {2}}), bought(3, 2, {{1}, {2}}),
                            bought(4, 2, {{1}, {3}})};
  Models(history, {.neighbours = 1}).each([](const Model& model) {
    EXPECT_THAT(model.for_user(user(1), 10),
                ElementsAre(Scored(product(1), 1.0), Scored(product(2), 2 / std::sqrt(8.0))));
  });
}

TEST(PopularProductsTest, AreNetOfCancellationsAndCreditNotes) {
  const auto taken_back = bought(3, 2, {{2, 100}});
  const Models models({bought(1, 1, {{1, 5}, {2, 7}, {1, 1}}), bought(2, 2, {{1, 2}, {3, 4}}), taken_back,
                       cancellation_of(taken_back), credit_note(4, 1, {{1, 2}, {3, 9}})});
  models.each([](const Model& model) {
    EXPECT_THAT(model.popular(10),
                ElementsAre(PopularProduct{product(2), {7, 1}}, PopularProduct{product(1), {6, 2}}));
    EXPECT_THAT(model.popular(1), ElementsAre(PopularProduct{product(2), {7, 1}}));
  });
}

TEST(PopularProductsTest, CountACreditNoteOnceAndLeaveSimilaritiesAlone) {
  const auto note = credit_note(2, 1, {{1, 2}, {2, 1}});
  Models({note, bought(1, 1, {{1, 5}, {2, 5}}), note, note}).each([](const Model& model) {
    EXPECT_THAT(model.popular(10),
                ElementsAre(PopularProduct{product(2), {4, 1}}, PopularProduct{product(1), {3, 1}}));
    EXPECT_THAT(model.similar(product(1), 10), ElementsAre(Scored(product(2), 1.0)));
  });
}

TEST(TrendingProductsTest, CountOrdersByAgeSeenFromTheNewestEvent) {
  // On day 28 an order of day 0 counts a quarter, one of day 14 a half.
  const Models models({bought(1, 1, {{1, 1000}}, 0), bought(2, 1, {{1}, {2}}, 14), bought(3, 2, {{3}}, 28)});
  models.each([](const Model& model) {
    EXPECT_THAT(model.trending(10),
                ElementsAre(Scored(product(3), 1.0), Scored(product(1), 0.75), Scored(product(2), 0.5)));
  });
}

TEST(TrendingProductsTest, AreWithoutCancelledOrders) {
  const auto taken_back = bought(2, 1, {{2}}, 0);
  Models({bought(1, 1, {{1}}, 0), taken_back, cancellation_of(taken_back)}).each([](const Model& model) {
    EXPECT_THAT(model.trending(10), ElementsAre(Scored(product(1), 1.0)));
  });
}

TEST(ModelTest, AnOrderImportedAsCancelledNeverCounts) {
  auto imported = bought(1, 1, {{1}, {2}});
  imported.status = OrderStatus::cancelled;
  Models({imported, imported}).each([](const Model& model) {
    EXPECT_THAT(model.popular(10), IsEmpty());
    EXPECT_THAT(model.similar(product(1), 10), IsEmpty());
  });
}

TEST(ModelTest, OtherStatesOfAnOrderChangeNothing) {
  auto shipped = bought(1, 1, {{1}, {2}});
  shipped.type = "order.shipped";
  shipped.status = OrderStatus::shipped;
  Models({shipped}).each([](const Model& model) { EXPECT_EQ(model.size().orders, 0); });
}

TEST(ModelTest, CountsWhatStands) {
  const auto taken_back = bought(3, 3, {{4}});
  Models({bought(1, 1, {{1}, {2}}), bought(2, 2, {{1}, {3}, {3}}), taken_back, cancellation_of(taken_back)})
      .each([](const Model& model) {
        const auto size = model.size();
        EXPECT_EQ(size.products, 3);
        EXPECT_EQ(size.users, 2);
        EXPECT_EQ(size.orders, 2);
        EXPECT_EQ(size.order_lines, 4);
        EXPECT_GT(size.bytes, 0);
      });
}

TEST(ModelTest, TheSameOrdersCancelledAndPlacedAgainTakeNoMoreRows) {
  Model model({});
  std::uint32_t number = 0;
  const auto churn = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) {
      std::vector<test::Bought> lines;
      for (std::uint32_t p = 0; p < 50; ++p) lines.push_back({p});
      const auto event = bought(++number, 1, lines);
      model.apply(event);
      model.apply(cancellation_of(event));
    }
  };
  churn(100);
  const auto before = model.size().bytes;
  churn(100);
  // Each order leaves its mark and lines: well below 1 KB, where its pairs would be 19 KB.
  EXPECT_LT(model.size().bytes - before, 100 * 1024);
}

}  // namespace
}  // namespace cloudcart::recommendation
