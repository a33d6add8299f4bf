#include <cmath>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "adapters/memory/recommendation/memory_model_snapshots.h"
#include "recommendation/app/recommendation_app.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;
using testing::ElementsAre;
using testing::IsEmpty;

class RecommendTest : public testing::Test {
 protected:
  ModelHolder models{ModelOptions{}};
  MemoryAssortment assortment;
  ExperimentChoice choice;
  test::FakeClock clock;
  AnswerQuestion answer_question{models, assortment, choice, clock};
  RecommendPopular popular{models, assortment};
  RecommendToUser to_user{answer_question};
  RecommendToUsers to_users{to_user};
  RecommendSimilar similar{answer_question};
  RecommendTogether together{answer_question};
  const Caller customer{.user = test::user(1)};
  const Caller staff{.user = test::user(100), .role = Role::staff};

  RecommendTest() {
    for (std::uint32_t number = 1; number <= 9; ++number) put(number);
  }
  void put(std::uint32_t number, bool is_active = true, bool in_stock = true, std::string category = "C") {
    assortment.put({}, {.id = test::product(number),
                        .name = "P" + std::to_string(number),
                        .category = std::move(category),
                        .is_active = is_active,
                        .in_stock = in_stock,
                        .price = Money{100 * number}});
  }
  void learn(std::vector<events::OrderEvent> history) {
    std::vector<events::LogRecord> records;
    for (auto& event : history) records.push_back({++position_, std::move(event)});
    sync_wait(models.apply(std::move(records), Deadline::max())).value();
  }
  static std::vector<std::string> names(const Answer& answer) {
    std::vector<std::string> names;
    for (const auto& recommended : answer.products) names.push_back(recommended.product.name);
    return names;
  }
  static std::vector<std::string> names(const PopularAnswer& answer) {
    std::vector<std::string> names;
    for (const auto& entry : answer.products) names.push_back(entry.recommended.product.name);
    return names;
  }
  static std::vector<std::string> reasons(const Answer& answer) {
    std::vector<std::string> texts;
    for (const auto& recommended : answer.products) texts.push_back(reason_text(recommended));
    return texts;
  }

 private:
  std::int64_t position_ = 0;
};

TEST_F(RecommendTest, NothingIsKnownBeforeTheFirstOrder) {
  EXPECT_THAT(names(sync_wait(popular(customer, {})).value()), IsEmpty());
  EXPECT_THAT(names(sync_wait(similar(customer, test::product(1), {})).value()), IsEmpty());
  const auto own = sync_wait(to_user(customer, test::user(1), {})).value();
  EXPECT_THAT(own.products, IsEmpty());
  EXPECT_EQ(own.algorithm, Algorithm::trending);
  EXPECT_EQ(own.model_version, 0);
}

TEST_F(RecommendTest, PopularProductsThatCanBeBought) {
  learn({bought(1, 1, {{1, 3}, {2, 9}, {3, 5}, {4, 1}})});
  put(2, false);
  put(3, true, false);
  const auto answer = sync_wait(popular(customer, {})).value();
  EXPECT_THAT(names(answer), ElementsAre("P1", "P4"));
  EXPECT_EQ(answer.products[0].sold, (Popularity{3, 1}));
  EXPECT_EQ(reason_text(answer.products[0].recommended), "A best seller");
}

TEST_F(RecommendTest, PopularProductsAsWished) {
  std::vector<test::Bought> lines;
  for (std::uint32_t number = 1; number <= 60; ++number) {
    put(number, true, true, number % 20 == 0 ? "Rare" : "C");
    lines.push_back({number, 100 - number});
  }
  learn({bought(1, 1, lines)});
  EXPECT_THAT(names(sync_wait(popular(customer, {.limit = 3, .category = "Rare"})).value()),
              ElementsAre("P20", "P40", "P60"));
  EXPECT_THAT(names(sync_wait(popular(customer, {.limit = 2, .exclude = {test::product(1)}})).value()),
              ElementsAre("P2", "P3"));
  EXPECT_THAT(names(sync_wait(popular(customer, {.limit = 2, .diversity = 1})).value()),
              ElementsAre("P1", "P2"))
      << "what is rare is not among the best that are gathered";
  EXPECT_THAT(names(sync_wait(popular(customer, {.limit = 6, .diversity = 1})).value()),
              ElementsAre("P1", "P20", "P2", "P3", "P4", "P5"));
}

TEST_F(RecommendTest, SimilarProductsThatCanBeBought) {
  learn({bought(1, 1, {{1}, {2}}), bought(2, 1, {{1}, {2}, {3}, {4}})});
  put(2, true, false);
  const auto answer = sync_wait(similar({}, test::product(1), {.limit = 1})).value();
  EXPECT_THAT(names(answer), ElementsAre("P3"));
  EXPECT_GT(answer.products[0].score, 0);
  EXPECT_EQ(answer.products[0].reason, (Reason{ReasonKind::bought_together, test::product(1)}));
  EXPECT_THAT(reasons(answer), ElementsAre("Bought together with P1"));
}

TEST_F(RecommendTest, SimilarProductsOfASoldOutOrWithdrawnOne) {
  learn({bought(1, 1, {{1}, {2}, {3}})});
  put(1, true, false);
  EXPECT_THAT(names(sync_wait(similar({}, test::product(1), {})).value()), ElementsAre("P2", "P3"));
  put(1, false);
  const auto answer = sync_wait(similar({}, test::product(1), {})).value();
  EXPECT_THAT(names(answer), ElementsAre("P2", "P3"));
  EXPECT_THAT(reasons(answer), ElementsAre("Bought together with P1", "Bought together with P1"));
}

TEST_F(RecommendTest, AProductThatTheAssortmentDoesNotKnowIsNotFound) {
  learn({bought(1, 1, {{1}, {2}, {77}})});
  EXPECT_EQ(sync_wait(similar({}, test::product(77), {})).error().code, ErrorCode::not_found);
  EXPECT_EQ(sync_wait(similar({}, test::product(78), {})).error().code, ErrorCode::not_found);
}

TEST_F(RecommendTest, WhatIsMissingIsFilledUpWithTheTrend) {
  learn({bought(1, 1, {{1}, {2}}), bought(2, 2, {{5}}), bought(3, 3, {{5}}), bought(4, 3, {{6}})});
  put(6, false);
  const auto answer = sync_wait(similar({}, test::product(1), {.limit = 3})).value();
  EXPECT_THAT(names(answer), ElementsAre("P2", "P5")) << "the product itself is no answer";
  EXPECT_THAT(reasons(answer), ElementsAre("Bought together with P1", "Selling well now"));
  EXPECT_EQ(answer.products[1].score, 0);
  EXPECT_NE(answer.algorithm, Algorithm::trending);
}

TEST_F(RecommendTest, WishesNeverEmptyAnAnswerThatHasSomethingToGive) {
  // Two hundred products go with the first, and the only one of the category is the last of them.
  std::vector<test::Bought> lines;
  for (std::uint32_t number = 1; number <= 200; ++number) {
    put(number, true, true, number == 200 ? "Rare" : "C");
    lines.push_back({number});
  }
  put(300, true, true, "Rare");
  learn({bought(1, 1, lines), bought(2, 2, {{300}})});
  const auto answer = sync_wait(similar({}, test::product(1), {.category = "Rare"})).value();
  EXPECT_THAT(names(answer), ElementsAre("P200", "P300"));
  EXPECT_THAT(reasons(answer), ElementsAre("Bought together with P1", "Selling well now"));
  EXPECT_THAT(
      names(sync_wait(similar({}, test::product(1), {.min_price = Money{19'800}, .max_price = Money{19'900}}))
                .value()),
      ElementsAre("P198", "P199"));
}

TEST_F(RecommendTest, WhatIsExcludedIsNoFillingEither) {
  learn({bought(1, 1, {{1}, {2}, {3}}), bought(2, 2, {{5}, {6}})});
  const Wishes wishes{.exclude = {test::product(2), test::product(5)}};
  EXPECT_THAT(names(sync_wait(similar({}, test::product(1), wishes)).value()), ElementsAre("P3", "P6"));
}

TEST_F(RecommendTest, ACustomersOwnOrdersDecide) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{1}, {5}}), bought(3, 3, {{8}, {9}})});
  const auto answer = sync_wait(to_user(customer, test::user(1), {.limit = 2})).value();
  EXPECT_NE(answer.algorithm, Algorithm::trending);
  EXPECT_THAT(names(answer), testing::UnorderedElementsAre("P1", "P5"));
}

TEST_F(RecommendTest, OnlyWhatIsNewToTheCustomer) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{1}, {5}}), bought(3, 3, {{8}, {9}})});
  const auto answer = sync_wait(to_user(customer, test::user(1), {}, true)).value();
  EXPECT_THAT(names(answer), ElementsAre("P5", "P8", "P9"));
}

TEST_F(RecommendTest, AnUnknownCustomerIsShownTheTrend) {
  learn({bought(1, 2, {{1}}, 0), bought(2, 3, {{2}}, 14), bought(3, 3, {{3}}, 14)});
  put(3, false);
  const auto answer = sync_wait(to_user(customer, test::user(1), {})).value();
  EXPECT_EQ(answer.algorithm, Algorithm::trending);
  EXPECT_THAT(names(answer), ElementsAre("P2", "P1"));
  EXPECT_GT(answer.products[0].score, answer.products[1].score);
  EXPECT_THAT(reasons(answer), ElementsAre("Selling well now", "Selling well now"));
}

TEST_F(RecommendTest, ACustomerWhoseProductsAreAllGoneIsShownTheTrend) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{2}})});
  put(1, false);
  const auto answer = sync_wait(to_user(customer, test::user(1), {})).value();
  EXPECT_THAT(names(answer), ElementsAre("P2"));
  EXPECT_THAT(reasons(answer), ElementsAre("Selling well now"));
  EXPECT_GT(answer.products[0].score, 0);
}

TEST_F(RecommendTest, AnotherCustomerIsNotFoundExceptForStaff) {
  const Caller analyst{.user = test::user(101), .role = Role::analyst};
  EXPECT_EQ(sync_wait(to_user(customer, test::user(2), {})).error().code, ErrorCode::not_found);
  EXPECT_EQ(sync_wait(to_user(analyst, test::user(2), {})).error().code, ErrorCode::not_found);
  EXPECT_EQ(sync_wait(to_user({}, test::user(2), {})).error().code, ErrorCode::not_found);
  EXPECT_TRUE(sync_wait(to_user(staff, test::user(2), {})));
}

TEST_F(RecommendTest, ManyCustomersAtOnceForStaff) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{1}, {5}}), bought(3, 3, {{8}})});
  const std::vector users{test::user(3), test::user(77), test::user(3)};
  const auto answers = sync_wait(to_users(staff, users, {.limit = 1}, false)).value();
  ASSERT_EQ(answers.size(), 3);
  for (std::size_t i = 0; i < users.size(); ++i) {
    EXPECT_EQ(answers[i].user, users[i]);
    EXPECT_EQ(names(answers[i].answer), names(sync_wait(to_user(staff, users[i], {.limit = 1})).value()));
  }
  EXPECT_EQ(answers[1].answer.algorithm, Algorithm::trending);
  EXPECT_EQ(sync_wait(to_users(customer, {test::user(1)}, {}, false)).error().code, ErrorCode::forbidden);
  auto late = staff;
  late.deadline = Deadline::min();
  EXPECT_EQ(sync_wait(to_users(late, users, {}, false)).error().code, ErrorCode::deadline_exceeded);
}

TEST_F(RecommendTest, WhatGoesWithABasket) {
  learn({bought(1, 1, {{1}, {2}, {3}}), bought(2, 2, {{1}, {2}, {3}}), bought(3, 3, {{9}})});
  const auto answer =
      sync_wait(together.with_basket({}, {test::product(2), test::product(1), test::product(2)}, {})).value();
  EXPECT_THAT(names(answer), ElementsAre("P3", "P9"));
  EXPECT_THAT(reasons(answer)[0], testing::AnyOf("Bought together with P1", "Bought together with P2"));
  EXPECT_EQ(reasons(answer)[1], "Selling well now");
}

TEST_F(RecommendTest, OfABasketThatNobodyKnowsTheTrend) {
  learn({bought(1, 1, {{1}, {2}})});
  const auto answer = sync_wait(together.with_basket({}, {test::product(77)}, {})).value();
  EXPECT_EQ(answer.algorithm, Algorithm::trending);
  EXPECT_THAT(names(answer), ElementsAre("P1", "P2"));
  const auto half_known =
      sync_wait(together.with_basket({}, {test::product(77), test::product(1)}, {})).value();
  EXPECT_NE(half_known.algorithm, Algorithm::trending);
  EXPECT_THAT(names(half_known), ElementsAre("P2"));
}

TEST_F(RecommendTest, TheLatestOfASessionCount) {
  std::vector<ProductId> viewed{test::product(1)};
  for (std::uint32_t number = 20; number < 20 + RecommendTogether::viewed_that_count; ++number)
    viewed.push_back(test::product(number));
  learn({bought(1, 1, {{1}, {2}}), bought(2, 2, {{20}, {3}})});
  const auto answer = sync_wait(together.with_session({}, viewed, {.limit = 1})).value();
  EXPECT_THAT(names(answer), ElementsAre("P3"));
  const auto more = sync_wait(together.with_session({}, viewed, {})).value();
  EXPECT_THAT(names(more), testing::Not(testing::Contains("P1"))) << "it was seen, if long ago";
  viewed.push_back(test::product(1));
  EXPECT_THAT(names(sync_wait(together.with_session({}, viewed, {.limit = 1})).value()), ElementsAre("P2"));
}

TEST_F(RecommendTest, ShopsKnowNothingOfEachOther) {
  auto elsewhere = bought(1, 1, {{1}, {2}});
  elsewhere.tenant.value = "other";
  learn({elsewhere});
  EXPECT_THAT(names(sync_wait(popular(customer, {})).value()), IsEmpty());
  EXPECT_THAT(names(sync_wait(similar(customer, test::product(1), {})).value()), IsEmpty());
  const Caller there{.tenant = {"other"}};
  assortment.put({"other"}, {.id = test::product(2), .name = "There", .is_active = true, .in_stock = true});
  EXPECT_THAT(names(sync_wait(popular(there, {})).value()), ElementsAre("There"));
}

TEST_F(RecommendTest, OnlyStaffTrain) {
  test::FakeEventLog log;
  const test::FakeClock clock;
  OffloadPool pool("test-training", 1, 10);
  MemoryModelSnapshots snapshots;
  Trainer trainer(log, models, snapshots, clock, pool, {});
  TrainModel train(trainer);
  EXPECT_EQ(sync_wait(train(customer)).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(sync_wait(train(staff)).value().by_this_call);
}

std::shared_ptr<const Experiment> running_experiment(ExperimentKind kind, TaskKind placement) {
  Experiment experiment{.id = test::numbered<ExperimentId>(1), .status = ExperimentStatus::running};
  experiment.keys.seal.fill(7);
  experiment.plan.kind = kind;
  experiment.plan.placement = placement;
  experiment.plan.variants = {{"now", Algorithm::blend, 1, true}, {"new", Algorithm::popular, 1, false}};
  return std::make_shared<const Experiment>(std::move(experiment));
}

class ExperimentalAnswersTest : public RecommendTest {
 protected:
  void run(ExperimentKind kind, TaskKind placement = TaskKind::next_order) {
    choice.replace({{TenantId{}, {running_experiment(kind, placement)}}}, choice.begin_reading());
  }
  static std::optional<Impression> opened(const Answer& answer) {
    const auto sealed = answer.impression ? SealedImpression::parse(*answer.impression) : std::nullopt;
    return sealed ? sealed->open(running_experiment(ExperimentKind::ab, {})->keys.seal) : std::nullopt;
  }
  Answer own(std::size_t limit = 3) {
    return sync_wait(to_user(customer, test::user(1), {.limit = limit})).value();
  }
};

TEST_F(ExperimentalAnswersTest, CarryAnImpressionOfJustWhatIsShown) {
  learn({bought(1, 1, {{1}, {2}, {3}}), bought(2, 2, {{1}, {4}})});
  put(2, true, false);
  EXPECT_EQ(own().impression, std::nullopt);
  for (const auto kind : {ExperimentKind::ab, ExperimentKind::interleaving}) {
    run(kind);
    const auto answer = own();
    const auto impression = opened(answer);
    ASSERT_TRUE(impression);
    EXPECT_EQ(impression->subject, Subject::customer(test::user(1)));
    EXPECT_EQ(impression->answered_at, clock.now());
    EXPECT_EQ(impression->variant, variant_of(*running_experiment(kind, {}), impression->subject));
    ASSERT_EQ(answer.products.size(), 3u);
    ASSERT_EQ(impression->products.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(impression->place_of(answer.products[i].product.id), i);
    EXPECT_EQ(impression->place_of(test::product(2)), std::nullopt);
    // Two answers are two impressions.
    EXPECT_NE(opened(own())->nonce, impression->nonce);
  }
}

TEST_F(ExperimentalAnswersTest, AreNotForStaff) {
  run(ExperimentKind::ab);
  EXPECT_EQ(sync_wait(to_user(staff, test::user(1), {})).value().impression, std::nullopt);
  run(ExperimentKind::ab, TaskKind::product_page);
  EXPECT_EQ(sync_wait(similar(staff, test::product(1), {})).value().impression, std::nullopt);
}

TEST_F(ExperimentalAnswersTest, ExposeAlsoWhoIsShownNothing) {
  run(ExperimentKind::ab);
  const auto answer = own();
  EXPECT_THAT(answer.products, IsEmpty());
  EXPECT_TRUE(opened(answer));
}

TEST_F(ExperimentalAnswersTest, AreForVisitorsWhoSayWhoTheyAreOnPagesAndBaskets) {
  learn({bought(1, 1, {{1}, {2}, {3}}), bought(2, 2, {{1}, {4}})});
  const auto visitor = test::numbered<VisitorId>(77);
  const Caller nobody{};
  run(ExperimentKind::interleaving, TaskKind::product_page);
  EXPECT_EQ(sync_wait(similar(nobody, test::product(1), {})).value().impression, std::nullopt);
  const auto page = sync_wait(similar(nobody, test::product(1), {.visitor = visitor})).value();
  ASSERT_TRUE(opened(page));
  EXPECT_EQ(opened(page)->subject, Subject::visitor(visitor.value));
  EXPECT_EQ(opened(page)->products.size(), page.products.size());
  run(ExperimentKind::ab, TaskKind::basket);
  const auto basket =
      sync_wait(together.with_basket(nobody, {test::product(1)}, {.visitor = visitor})).value();
  ASSERT_TRUE(opened(basket));
  EXPECT_EQ(opened(basket)->subject, Subject::visitor(visitor.value));
  // Customers are known without it.
  const auto signed_in = sync_wait(together.with_basket(customer, {test::product(1)}, {})).value();
  EXPECT_EQ(opened(signed_in)->subject, Subject::customer(test::user(1)));
}

}  // namespace
}  // namespace cloudcart::recommendation
