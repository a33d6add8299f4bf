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
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

using History = std::vector<events::OrderEvent>;

/// Two models of the same events: one learnt them one by one, one counted them from scratch.
struct Models {
  Model live;
  Model trained;

  explicit Models(const History& history) : trained(book_of(history), {}) {
    for (const auto& event : history) live.apply(event);
  }
  static OrderBook book_of(const History& history) {
    OrderBook book;
    for (const auto& event : history) book.record(event);
    return book;
  }
  /// Before and after a refresh.
  template <class Check>
  void each(Check check) {
    for (const bool refreshed : {false, true}) {
      SCOPED_TRACE(refreshed ? "refreshed" : "not yet refreshed");
      for (auto* model : {&live, &trained}) {
        SCOPED_TRACE(model == &live ? "live" : "trained");
        if (refreshed) model->refresh(Model::Refresh::regressions_and_weights);
        check(*model);
      }
    }
  }
};

std::vector<ProductId> ids(const Recommendations& answer) {
  std::vector<ProductId> all;
  for (const auto& one : answer.products) all.push_back(one.product);
  return all;
}

Question page_of(std::uint32_t number, Algorithm algorithm = Algorithm::blend) {
  return {.task = TaskKind::product_page, .products = {product(number)}, .algorithm = algorithm};
}
Question basket_of(std::vector<ProductId> products, Algorithm algorithm = Algorithm::blend) {
  return {.task = TaskKind::basket, .products = std::move(products), .algorithm = algorithm};
}
Question next_of(std::uint32_t number, Algorithm algorithm = Algorithm::blend) {
  return {.task = TaskKind::next_order, .user = user(number), .algorithm = algorithm};
}
Question new_to(std::uint32_t number, Algorithm algorithm = Algorithm::blend) {
  return {.task = TaskKind::new_to_customer, .user = user(number), .algorithm = algorithm};
}
Question first_order(Algorithm algorithm = Algorithm::blend) {
  return {.task = TaskKind::first_order, .algorithm = algorithm};
}

/// 1 goes with 2, most of all; 3 with 4; 5 stands alone.
const History small_shop{bought(1, 1, {{1}, {2}}, 0), bought(2, 2, {{1}, {2}}, 1),
                         bought(3, 3, {{1}, {3}}, 2), bought(4, 4, {{3}, {4}}, 3),
                         bought(5, 5, {{5}}, 4),      bought(6, 1, {{1}, {2}}, 5)};

TEST(EmptyModelTest, HasNoAnswersAndNoTrouble) {
  Models({}).each([](const Model& model) {
    for (const auto algorithm : all_algorithms)
      for (auto question :
           {page_of(1), basket_of({product(1)}), basket_of({}), next_of(1), new_to(1), first_order()}) {
        question.algorithm = algorithm;
        EXPECT_THAT(model.recommend(question).products, IsEmpty());
      }
    EXPECT_THAT(model.popular(10), IsEmpty());
    EXPECT_EQ(model.size().orders, 0);
    EXPECT_EQ(model.orders(), 0);
  });
}

TEST(EmptyModelTest, WhereAllIsCancelledIsEmptyToo) {
  auto history = small_shop;
  for (const auto& event : small_shop) history.push_back(cancellation_of(event));
  Models(history).each([](const Model& model) {
    for (const auto& question : {page_of(1), basket_of({product(1), product(3)}), next_of(1), first_order()})
      EXPECT_THAT(model.recommend(question).products, IsEmpty());
  });
}

TEST(ProductPageTest, ShowsWhatSharesOrders) {
  Models(small_shop).each([](const Model& model) {
    const auto answer = model.recommend(page_of(1, Algorithm::co_purchase));
    EXPECT_EQ(answer.algorithm, Algorithm::co_purchase);
    ASSERT_THAT(ids(answer), ElementsAre(product(2), product(3)));
    // Three of the four pairs of 1, all of two products; they differ by five days of a half-life of 180.
    EXPECT_NEAR(answer.products[0].score / answer.products[1].score, 3, 0.05);
    for (const auto& one : answer.products)
      EXPECT_EQ(one.reason, (Reason{.kind = ReasonKind::bought_together, .because = product(1)}));
    EXPECT_EQ(ids(model.recommend(page_of(1))).front(), product(2));
  });
}

TEST(ProductPageTest, OfAnUnknownOrLonelyProductShowsWhatSells) {
  Models(small_shop).each([](const Model& model) {
    for (const auto number : {99U, 5U}) {
      const auto answer = model.recommend(page_of(number));
      EXPECT_EQ(answer.algorithm, Algorithm::trending);
      EXPECT_EQ(ids(answer).front(), product(1));
      EXPECT_THAT(ids(answer), Not(Contains(product(number))));
      EXPECT_EQ(answer.products.front().reason.kind, ReasonKind::trending);
    }
  });
}

TEST(BasketTest, IsCompletedByWhatGoesWithAllOfIt) {
  Models(small_shop).each([](const Model& model) {
    const auto answer = model.recommend(basket_of({product(2), product(2), product(77)}));
    EXPECT_EQ(answer.algorithm, Algorithm::blend);
    ASSERT_EQ(ids(answer).front(), product(1));
    EXPECT_EQ(answer.products.front().reason,
              (Reason{.kind = ReasonKind::bought_together, .because = product(2)}));
    const auto larger = model.recommend(basket_of({product(1), product(4)}));
    EXPECT_THAT(ids(larger), UnorderedElementsAre(product(2), product(3)));
    for (const auto& one : larger.products)
      if (one.product == product(2)) EXPECT_EQ(one.reason.because, product(1));
  });
}

TEST(BasketTest, AnOrderChangesTheNeighboursAtOnce) {
  for (const bool refreshed : {false, true}) {
    Model model(Models::book_of(small_shop), {});
    if (refreshed) model.refresh(Model::Refresh::regressions);
    EXPECT_EQ(model.recommend(page_of(5, Algorithm::co_purchase)).algorithm, Algorithm::trending);
    const auto together = bought(7, 6, {{5}, {4}}, 6);
    model.apply(together);
    for (const auto& question : {page_of(5), page_of(5, Algorithm::co_purchase), basket_of({product(5)})}) {
      const auto answer = model.recommend(question);
      EXPECT_EQ(answer.algorithm, question.algorithm);
      EXPECT_THAT(ids(answer), Contains(product(4)));
    }
    model.apply(cancellation_of(together));
    EXPECT_EQ(model.recommend(page_of(5)).algorithm, Algorithm::trending);
  }
}

TEST(BasketTest, ProductsThatCameAfterTheRefreshGetAnswersAndAreThem) {
  Model model(Models::book_of(small_shop), {});
  model.refresh(Model::Refresh::regressions);
  model.apply(bought(7, 6, {{50}, {51}, {1}}, 6));
  EXPECT_THAT(ids(model.recommend(page_of(50))), UnorderedElementsAre(product(1), product(51)));
  EXPECT_THAT(ids(model.recommend(page_of(1))), Contains(product(50)));
  EXPECT_THAT(ids(model.recommend(basket_of({product(50)}))), Contains(product(51)));
  EXPECT_THAT(ids(model.recommend(basket_of({product(1), product(2)}))), Contains(product(50)));
  EXPECT_THAT(ids(model.recommend(next_of(6))), Contains(product(50)));
  EXPECT_THAT(ids(model.recommend(new_to(6))), Contains(product(2)));
  EXPECT_THAT(ids(model.recommend(first_order())), Contains(product(51)));
}

TEST(BasketTest, MoreThanTheUsualCandidatesAreAnsweredWhenAsked) {
  std::vector<test::Bought> lines;
  for (std::uint32_t p = 0; p < 256; ++p) lines.push_back({p});
  Models({bought(1, 1, lines), bought(2, 2, lines)}).each([](const Model& model) {
    Question question = basket_of({product(0)}, Algorithm::co_purchase);
    question.limit = 255;
    EXPECT_EQ(model.recommend(question).products.size(), 255);
    for (std::uint32_t p = 1; p < 200; ++p) question.exclude.push_back(product(p));
    question.limit = 50;
    EXPECT_EQ(model.recommend(question).products.size(), 50);
    question.task = TaskKind::product_page;
    EXPECT_EQ(model.recommend(question).products.size(), 50);
  });
}

TEST(CustomerTest, IsRecommendedWhatWasBoughtOftenFirst) {
  Models({bought(1, 1, {{1}}, 0), bought(2, 1, {{1}, {2}}, 10), bought(3, 2, {{1}, {3}}, 10)})
      .each([](const Model& model) {
        const auto answer = model.recommend(next_of(1, Algorithm::personal_frequency));
        EXPECT_EQ(answer.algorithm, Algorithm::personal_frequency);
        ASSERT_THAT(ids(answer), ElementsAre(product(1), product(2)));
        EXPECT_EQ(answer.products[0].reason, (Reason{.kind = ReasonKind::bought_before, .because = {}}));
        const auto blended = model.recommend(next_of(1));
        ASSERT_EQ(ids(blended), (std::vector{product(1), product(2), product(3)}));
        EXPECT_EQ(blended.products[1].reason.kind, ReasonKind::bought_before);
        EXPECT_EQ(blended.products[2].reason,
                  (Reason{.kind = ReasonKind::goes_with_purchases, .because = product(1)}));
      });
}

TEST(CustomerTest, IsNeverShownAsNewWhatWasBought) {
  Models(small_shop).each([](const Model& model) {
    for (const auto algorithm : all_algorithms) {
      const auto answer = model.recommend(new_to(1, algorithm));
      EXPECT_FALSE(answer.products.empty());
      EXPECT_THAT(ids(answer), Not(Contains(product(1))));
      EXPECT_THAT(ids(answer), Not(Contains(product(2))));
    }
    EXPECT_EQ(ids(model.recommend(new_to(1, Algorithm::discovery))).front(), product(3));
  });
}

TEST(CustomerTest, OfWhomNothingIsKnownIsShownWhatSells) {
  const auto only = bought(8, 8, {{1}, {2}}, 5);
  auto history = small_shop;
  for (const auto& event : {only, cancellation_of(only), credit_note(9, 9, {{3}}, 5)})
    history.push_back(event);
  Models(history).each([](const Model& model) {
    for (const auto number : {8U, 9U, 1234U}) {
      const auto answer = model.recommend(next_of(number));
      EXPECT_EQ(answer.algorithm, Algorithm::trending);
      EXPECT_EQ(ids(answer).front(), product(1));
    }
    EXPECT_EQ(model.size().users, 5);
  });
}

TEST(NewcomerTest, IsShownWhatFirstOrdersHold) {
  // As many orders hold 1 as 2, but 1 is in customers' first ones.
  Models({bought(1, 1, {{1}}, 0), bought(2, 2, {{1}}, 0), bought(3, 1, {{2}}, 0), bought(4, 2, {{2}}, 0)})
      .each([](const Model& model) {
        const auto answer = model.recommend(first_order());
        EXPECT_EQ(answer.algorithm, Algorithm::blend);
        EXPECT_THAT(ids(answer), ElementsAre(product(1), product(2)));
        EXPECT_GT(answer.products[0].score, answer.products[1].score);
      });
}

TEST(TrendingTest, CountsOrdersByAgeSeenFromTheNewestEvent) {
  // On day 30 an order of day 0 counts a quarter, one of day 15 a half.
  Models({bought(1, 1, {{1, 1000}}, 0), bought(2, 1, {{1}, {2}}, 15), bought(3, 2, {{3}}, 30)})
      .each([](const Model& model) {
        const auto answer = model.recommend(first_order(Algorithm::trending));
        ASSERT_THAT(ids(answer), ElementsAre(product(3), product(1), product(2)));
        EXPECT_NEAR(answer.products[0].score, 1, 1e-6);
        EXPECT_NEAR(answer.products[1].score, 0.75, 1e-6);
        EXPECT_NEAR(answer.products[2].score, 0.5, 1e-6);
      });
}

TEST(TiesTest, StandInOrderOfIdAtAnyLimit) {
  // First mentioned in another order.
  Models({bought(1, 1, {{0}, {9}, {7}, {3}, {8}, {1}, {5}})}).each([](const Model& model) {
    for (auto question :
         {first_order(Algorithm::trending), first_order(Algorithm::popular), first_order(),
          page_of(0, Algorithm::co_purchase), basket_of({product(0)}, Algorithm::co_purchase)}) {
      question.exclude = {product(0)};
      question.limit = 3;
      EXPECT_THAT(ids(model.recommend(question)), ElementsAre(product(1), product(3), product(5)));
    }
    EXPECT_EQ(model.popular(2).back().product, product(1));
  });
}

TEST(PortfolioTest, AnAlgorithmWithoutAnAnswerOfItsOwnLeavesItToWhatSells) {
  Models(small_shop).each([](const Model& model) {
    for (const auto algorithm : all_algorithms)
      for (auto question : {page_of(1), basket_of({product(1)}), next_of(1), new_to(1), first_order()}) {
        question.algorithm = algorithm;
        const auto answer = model.recommend(question);
        EXPECT_FALSE(answer.products.empty());
        if (!answers(algorithm, question.task)) EXPECT_EQ(answer.algorithm, Algorithm::trending);
      }
  });
}

TEST(PopularProductsTest, AreNetOfCancellationsAndCreditNotes) {
  const auto taken_back = bought(3, 2, {{2, 100}});
  Models({bought(1, 1, {{1, 5}, {2, 7}, {1, 1}}), bought(2, 2, {{1, 2}, {3, 4}}), taken_back,
          cancellation_of(taken_back), credit_note(4, 1, {{1, 2}, {3, 9}})})
      .each([](const Model& model) {
        EXPECT_THAT(model.popular(10),
                    ElementsAre(PopularProduct{product(2), {7, 1}}, PopularProduct{product(1), {6, 2}}));
        EXPECT_THAT(model.popular(1), ElementsAre(PopularProduct{product(2), {7, 1}}));
      });
}

TEST(PopularProductsTest, CountACreditNoteOnceAndLeavePairsAlone) {
  const auto note = credit_note(2, 1, {{1, 2}, {2, 1}});
  Models({note, bought(1, 1, {{1, 5}, {2, 5}}), note, note}).each([](const Model& model) {
    EXPECT_THAT(model.popular(10),
                ElementsAre(PopularProduct{product(2), {4, 1}}, PopularProduct{product(1), {3, 1}}));
    EXPECT_THAT(ids(model.recommend(page_of(1))), ElementsAre(product(2)));
  });
}

TEST(ModelTest, AnOrderImportedAsCancelledNeverCounts) {
  auto imported = bought(1, 1, {{1}, {2}});
  imported.status = OrderStatus::cancelled;
  Models({imported, imported}).each([](const Model& model) {
    EXPECT_THAT(model.popular(10), IsEmpty());
    EXPECT_THAT(model.recommend(page_of(1)).products, IsEmpty());
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
        EXPECT_EQ(model.orders(), 2);
        EXPECT_EQ(size.order_lines, 4);
        EXPECT_GT(size.bytes, 0);
      });
}

TEST(ModelTest, AnswersByAdoptedLessonsAndKeepsThemThroughARefresh) {
  Model model(Models::book_of(small_shop), {});
  Lessons lessons;
  lessons.basket.availability = 0.3F;
  lessons.next = {};
  lessons.next[static_cast<std::size_t>(OwnFeature::constant)] = -5;  // whatever is new comes first
  lessons.next_questions = 7;
  EXPECT_EQ(ids(model.recommend(next_of(4))).front(), product(3));
  model.adopt(lessons);
  for (const bool refreshed : {false, true}) {
    if (refreshed) model.refresh(Model::Refresh::regressions);
    EXPECT_EQ(model.lessons().basket, lessons.basket);
    EXPECT_EQ(model.lessons().next_questions, 7);
    const auto answer = ids(model.recommend(next_of(4)));
    ASSERT_EQ(answer.size(), 5);
    EXPECT_THAT((std::vector{answer[3], answer[4]}), UnorderedElementsAre(product(3), product(4)));
  }
  model.refresh(Model::Refresh::regressions_and_weights);
  EXPECT_EQ(model.lessons().next_questions, 0) << "the history is too short to teach anything";
}

TEST(ModelTest, TheSameOrdersCancelledAndPlacedAgainTakeNoMoreRows) {
  Model model;
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
