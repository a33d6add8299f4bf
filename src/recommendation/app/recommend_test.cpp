#include <cmath>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
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
  RecommendPopular popular{models, assortment};
  RecommendToUser to_user{models, assortment, choice, clock};
  RecommendSimilar similar{models, assortment};
  const Caller customer{.user = test::user(1)};
  const Caller staff{.user = test::user(100), .role = Role::staff};

  RecommendTest() {
    for (std::uint32_t number = 1; number <= 9; ++number) put(number);
  }
  void put(std::uint32_t number, bool is_active = true, bool in_stock = true) {
    assortment.put({}, {.id = test::product(number),
                        .name = "P" + std::to_string(number),
                        .is_active = is_active,
                        .in_stock = in_stock});
  }
  void learn(std::vector<events::OrderEvent> history) {
    std::vector<events::LogRecord> records;
    for (auto& event : history) records.push_back({++position_, std::move(event)});
    sync_wait(models.apply(std::move(records), Deadline::max())).value();
  }
  template <class Products>
  static std::vector<std::string> names(const Products& products) {
    std::vector<std::string> answer;
    for (const auto& product : products) answer.push_back(product.name);
    return answer;
  }

 private:
  std::int64_t position_ = 0;
};

TEST_F(RecommendTest, NothingIsKnownBeforeTheFirstOrder) {
  EXPECT_THAT(sync_wait(popular(customer, 5)).value(), IsEmpty());
  EXPECT_THAT(sync_wait(similar(customer, test::product(1), 5)).value(), IsEmpty());
  const auto own = sync_wait(to_user(customer, test::user(1), 5)).value();
  EXPECT_THAT(own.products, IsEmpty());
  EXPECT_EQ(own.algorithm, "trending");
}

TEST_F(RecommendTest, PopularProductsThatCanBeBought) {
  learn({bought(1, 1, {{1, 3}, {2, 9}, {3, 5}, {4, 1}})});
  put(2, false);
  put(3, true, false);
  const auto answer = sync_wait(popular(customer, 5)).value();
  EXPECT_THAT(names(answer), ElementsAre("P1", "P4"));
  EXPECT_EQ(answer[0].sold, (Popularity{3, 1}));
}

TEST_F(RecommendTest, SimilarProductsThatCanBeBought) {
  learn({bought(1, 1, {{1}, {2}}), bought(2, 1, {{1}, {2}, {3}, {4}})});
  put(2, true, false);
  const auto answer = sync_wait(similar({}, test::product(1), 1)).value();
  EXPECT_THAT(names(answer), ElementsAre("P3"));
  EXPECT_NEAR(answer[0].score, 1 / std::sqrt(2.0), 1e-12);
}

TEST_F(RecommendTest, SimilarProductsOfASoldOutOrWithdrawnOne) {
  learn({bought(1, 1, {{1}, {2}, {3}})});
  put(1, true, false);
  EXPECT_THAT(names(sync_wait(similar({}, test::product(1), 5)).value()), ElementsAre("P2", "P3"));
  put(1, false);
  EXPECT_THAT(names(sync_wait(similar({}, test::product(1), 5)).value()), ElementsAre("P2", "P3"));
}

TEST_F(RecommendTest, AProductThatTheAssortmentDoesNotKnowIsNotFound) {
  EXPECT_EQ(sync_wait(similar({}, test::product(77), 5)).error().code, ErrorCode::not_found);
}

TEST_F(RecommendTest, ACustomersOwnOrdersDecide) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{1}, {5}}), bought(3, 3, {{8}, {9}})});
  const auto answer = sync_wait(to_user(customer, test::user(1), 5)).value();
  EXPECT_EQ(answer.algorithm, "item_similarity");
  EXPECT_THAT(names(answer.products), ElementsAre("P1", "P5"));
}

TEST_F(RecommendTest, AnUnknownCustomerIsShownTheTrend) {
  learn({bought(1, 2, {{1}}, 0), bought(2, 3, {{2}}, 14), bought(3, 3, {{3}}, 14)});
  put(3, false);
  const auto answer = sync_wait(to_user(customer, test::user(1), 5)).value();
  EXPECT_EQ(answer.algorithm, "trending");
  EXPECT_THAT(names(answer.products), ElementsAre("P2", "P1"));
  EXPECT_NEAR(answer.products[1].score, 0.5, 1e-9);
}

TEST_F(RecommendTest, ACustomerWhoseProductsAreAllGoneIsShownTheTrend) {
  learn({bought(1, 1, {{1}}), bought(2, 2, {{2}})});
  put(1, false);
  const auto answer = sync_wait(to_user(customer, test::user(1), 5)).value();
  EXPECT_EQ(answer.algorithm, "trending");
  EXPECT_THAT(names(answer.products), ElementsAre("P2"));
}

TEST_F(RecommendTest, AnotherCustomerIsNotFoundExceptForStaff) {
  const Caller analyst{.user = test::user(101), .role = Role::analyst};
  EXPECT_EQ(sync_wait(to_user(customer, test::user(2), 5)).error().code, ErrorCode::not_found);
  EXPECT_EQ(sync_wait(to_user(analyst, test::user(2), 5)).error().code, ErrorCode::not_found);
  EXPECT_EQ(sync_wait(to_user({}, test::user(2), 5)).error().code, ErrorCode::not_found);
  EXPECT_TRUE(sync_wait(to_user(staff, test::user(2), 5)));
}

TEST_F(RecommendTest, ShopsKnowNothingOfEachOther) {
  auto elsewhere = bought(1, 1, {{1}, {2}});
  elsewhere.tenant.value = "other";
  learn({elsewhere});
  EXPECT_THAT(sync_wait(popular(customer, 5)).value(), IsEmpty());
  EXPECT_THAT(sync_wait(similar(customer, test::product(1), 5)).value(), IsEmpty());
  const Caller there{.tenant = {"other"}};
  assortment.put({"other"}, {.id = test::product(2), .name = "There", .is_active = true, .in_stock = true});
  EXPECT_THAT(names(sync_wait(popular(there, 5)).value()), ElementsAre("There"));
}

TEST_F(RecommendTest, OnlyStaffTrain) {
  test::FakeEventLog log;
  const test::FakeClock clock;
  OffloadPool pool("test-training", 1, 10);
  Trainer trainer(log, models, clock, pool, {});
  TrainModel train(trainer);
  EXPECT_EQ(sync_wait(train(customer)).error().code, ErrorCode::forbidden);
  EXPECT_TRUE(sync_wait(train(staff)).value().by_this_call);
}

std::shared_ptr<const Experiment> running_experiment(ExperimentKind kind) {
  Experiment experiment{.id = test::numbered<ExperimentId>(1), .status = ExperimentStatus::running};
  experiment.keys.seal.fill(7);
  experiment.plan.kind = kind;
  experiment.plan.variants = {{"now", Algorithm::blend, 1, true}, {"new", Algorithm::popular, 1, false}};
  return std::make_shared<const Experiment>(std::move(experiment));
}

std::optional<Impression> opened(const UserRecommendations& answer) {
  const auto sealed = answer.impression ? SealedImpression::parse(*answer.impression) : std::nullopt;
  return sealed ? sealed->open(running_experiment(ExperimentKind::ab)->keys.seal) : std::nullopt;
}

TEST_F(RecommendTest, WhatIsPartOfAnExperimentCarriesAnImpressionOfJustWhatIsShown) {
  learn({bought(1, 1, {{1}, {2}, {3}}), bought(2, 2, {{1}, {4}})});
  put(2, true, false);
  EXPECT_EQ(sync_wait(to_user(customer, test::user(1), 3)).value().impression, std::nullopt);
  for (const auto kind : {ExperimentKind::ab, ExperimentKind::interleaving}) {
    choice.replace({{TenantId{}, {running_experiment(kind)}}}, choice.begin_reading());
    const auto answer = sync_wait(to_user(customer, test::user(1), 3)).value();
    const auto impression = opened(answer);
    ASSERT_TRUE(impression);
    EXPECT_EQ(impression->subject, Subject::customer(test::user(1)));
    EXPECT_EQ(impression->answered_at, clock.now());
    EXPECT_EQ(impression->variant, variant_of(*running_experiment(kind), impression->subject));
    ASSERT_EQ(answer.products.size(), 3u);
    ASSERT_EQ(impression->products.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(impression->place_of(answer.products[i].id), i);
    EXPECT_EQ(impression->place_of(test::product(2)), std::nullopt);
    // Two answers are two impressions.
    EXPECT_NE(opened(sync_wait(to_user(customer, test::user(1), 3)).value())->nonce, impression->nonce);
  }
}

TEST_F(RecommendTest, WhatStaffLookAtIsNoPartOfAnExperiment) {
  choice.replace({{TenantId{}, {running_experiment(ExperimentKind::ab)}}}, choice.begin_reading());
  EXPECT_EQ(sync_wait(to_user(staff, test::user(1), 3)).value().impression, std::nullopt);
}

TEST_F(RecommendTest, WhoIsShownNothingIsExposedAllTheSame) {
  choice.replace({{TenantId{}, {running_experiment(ExperimentKind::ab)}}}, choice.begin_reading());
  const auto answer = sync_wait(to_user(customer, test::user(1), 3)).value();
  EXPECT_THAT(answer.products, IsEmpty());
  EXPECT_TRUE(opened(answer));
}

}  // namespace
}  // namespace cloudcart::recommendation
