#include "recommendation/domain/experiment.h"

#include <cmath>
#include <map>

#include <gmock/gmock.h>

#include "recommendation/domain/experiment_statistics.h"
#include "recommendation/domain/impression.h"
#include "recommendation/domain/interleaving.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::product;
using testing::ElementsAre;
using testing::IsEmpty;

SipKey key_of(std::uint8_t first) {
  SipKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(first + i);
  return key;
}

Experiment ab(std::vector<std::int64_t> weights, std::uint8_t key = 0) {
  Experiment experiment{.id = test::numbered<ExperimentId>(1), .keys = {key_of(key), key_of(100)}};
  experiment.plan.name = "Blend";
  for (std::size_t i = 0; i < weights.size(); ++i)
    experiment.plan.variants.push_back(
        {.name = "v" + std::to_string(i), .weight = weights[i], .is_control = i == 0});
  return experiment;
}

std::vector<std::string> fields_of(const ExperimentPlan& plan) {
  std::vector<std::string> fields;
  for (const auto& error : violations(plan)) fields.push_back(error.field);
  return fields;
}

TEST(SipHash, IsThatOfItsAuthors) {
  std::string message;
  EXPECT_EQ(sip_hash(key_of(0), message), 0x726fdb47dd0e0e31ULL);
  for (char c = 0; c < 15; ++c) message.push_back(c);
  EXPECT_EQ(sip_hash(key_of(0), message), 0xa129ca6149be45e5ULL);
}

TEST(Experiment, SubjectsComeToVariantsInProportionToTheWeights) {
  const auto experiment = ab({1, 3, 6});
  std::vector<std::int64_t> counts(3);
  for (std::uint32_t i = 0; i < 100'000; ++i)
    ++counts[variant_of(experiment, Subject::customer(test::user(i)))];
  EXPECT_GT(check_ratio(counts, std::vector<std::int64_t>{1, 3, 6}).p_value, 0.001);
  EXPECT_NEAR(static_cast<double>(counts[0]), 10'000, 500);
}

TEST(Experiment, ASubjectKeepsItsVariant) {
  const auto experiment = ab({1, 1});
  for (std::uint32_t i = 0; i < 100; ++i) {
    const auto subject = Subject::customer(test::user(i));
    EXPECT_EQ(variant_of(experiment, subject), variant_of(experiment, subject));
  }
}

TEST(Experiment, ExperimentsAreIndependentOfEachOther) {
  const auto one = ab({1, 1}, 1), other = ab({1, 1}, 2);
  std::vector<std::int64_t> together(4);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const auto subject = Subject::customer(test::user(i));
    ++together[2 * variant_of(one, subject) + variant_of(other, subject)];
  }
  EXPECT_GT(check_ratio(together, std::vector<std::int64_t>{1, 1, 1, 1}).p_value, 0.001);
}

TEST(Experiment, AVisitorWithACustomersIdIsSomebodyElse) {
  const auto experiment = ab({1, 1});
  int different = 0;
  for (std::uint32_t i = 0; i < 1000; ++i)
    different += variant_of(experiment, Subject::customer(test::user(i))) !=
                 variant_of(experiment, Subject::visitor(test::user(i).value));
  EXPECT_NEAR(different, 500, 80);
}

TEST(Experiment, IsLiveBetweenItsTimes) {
  auto experiment = ab({1, 1});
  const auto noon = test::first_day;
  EXPECT_FALSE(experiment.is_live(noon));
  experiment.status = ExperimentStatus::running;
  EXPECT_TRUE(experiment.is_live(noon));
  experiment.plan.starts_at = noon;
  experiment.plan.ends_at = noon + seconds{1};
  EXPECT_FALSE(experiment.is_live(noon - milliseconds{1}));
  EXPECT_TRUE(experiment.is_live(noon));
  EXPECT_FALSE(experiment.is_live(noon + seconds{1}));
}

TEST(ExperimentPlan, SaysEverythingThatIsWrong) {
  EXPECT_THAT(violations(ab({1, 1}).plan), IsEmpty());
  EXPECT_THAT(fields_of(ab({1}).plan), ElementsAre("variants"));
  EXPECT_THAT(fields_of(ab({1, 1, 1, 1, 1, 1}).plan), ElementsAre("variants"));
  EXPECT_THAT(fields_of(ab({1, 1001}).plan), ElementsAre("variants[1].weight"));
  auto plan = ab({1, 1}).plan;
  plan.variants[1] = plan.variants[0];
  EXPECT_THAT(fields_of(plan), ElementsAre("variants", "variants[1].name"));
  plan = ab({1, 1}).plan;
  plan.placement = TaskKind::basket;
  plan.variants[1].algorithm = Algorithm::personal_frequency;
  EXPECT_THAT(fields_of(plan), ElementsAre("variants[1].algorithm"));
  plan = ab({1, 1}).plan;
  plan.starts_at = plan.ends_at = test::first_day;
  plan.guardrails = {{}, {}};
  EXPECT_THAT(fields_of(plan), ElementsAre("ends_at", "guardrails[1].metric"));
}

TEST(ExperimentPlan, InterleavingMixesTwoDifferentAlgorithms) {
  auto plan = ab({1, 2}).plan;
  plan.kind = ExperimentKind::interleaving;
  plan.guardrails = {{}};
  EXPECT_THAT(fields_of(plan), ElementsAre("variants", "variants", "metric", "guardrails"));
  plan.variants[1].weight = 1;
  plan.variants[1].algorithm = Algorithm::popular;
  plan.metric = ExperimentMetric::click_through;
  plan.guardrails.clear();
  EXPECT_THAT(violations(plan), IsEmpty());
}

std::vector<ProductId> products(std::initializer_list<std::uint32_t> numbers) {
  std::vector<ProductId> ids;
  for (const auto number : numbers) ids.push_back(product(number));
  return ids;
}

TEST(TeamDraft, TakesEachProductOnceAndBothTeamsAlike) {
  const auto first = products({1, 2, 3, 4, 5, 6}), second = products({4, 3, 7, 8, 1, 9});
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto draft = team_draft(first, second, 6, seed);
    ASSERT_EQ(draft.size(), 6u);
    std::set<ProductId> distinct;
    int balance = 0;
    for (std::size_t i = 0; i < draft.size(); ++i) {
      distinct.insert(draft[i].product);
      balance += draft[i].team == Team::first ? 1 : -1;
      EXPECT_LE(std::abs(balance), 1);
      if (i % 2 == 1) EXPECT_EQ(balance, 0);
      EXPECT_EQ((draft[i].from_second ? second : first)[draft[i].place], draft[i].product);
    }
    EXPECT_EQ(distinct.size(), 6u);
  }
}

/// Whoever clicks without looking, more at the top than below, must favour neither.
TEST(TeamDraft, IsFairToBothWhateverPlacesAreClicked) {
  const auto first = products({1, 2, 3, 4}), second = products({5, 6, 7, 8});
  for (std::size_t place = 0; place < 4; ++place) {
    std::vector<std::int64_t> credited(2);
    for (std::uint64_t seed = 0; seed < 20'000; ++seed)
      ++credited[static_cast<std::size_t>(team_draft(first, second, 4, seed)[place].team)];
    EXPECT_GT(check_ratio(credited, std::vector<std::int64_t>{1, 1}).p_value, 0.001) << place;
  }
}

TEST(TeamDraft, EqualRankingsStayAsTheyAre) {
  const auto ranking = products({3, 1, 2});
  const auto draft = team_draft(ranking, ranking, 10, 5);
  ASSERT_EQ(draft.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(draft[i].product, ranking[i]);
}

TEST(TeamDraft, WhatIsLeftOfOneIsCreditedToNobody) {
  const auto draft = team_draft(products({1}), products({1, 2, 3}), 3, 0);
  ASSERT_EQ(draft.size(), 3u);
  EXPECT_EQ(draft[0].product, product(1));
  EXPECT_NE(draft[0].team, Team::none);
  EXPECT_EQ(draft[2], (Drafted{product(3), Team::none, true, 2}));
  EXPECT_THAT(team_draft({}, {}, 3, 0), IsEmpty());
}

Impression sample_impression() {
  Impression impression{.experiment = test::numbered<ExperimentId>(7),
                        .subject = Subject::customer(test::user(9)),
                        .variant = 1,
                        .answered_at = test::first_day,
                        .nonce = 0xfedcba9876543210ULL};
  impression.products = {{ShownProduct::mark_of(product(1)), Team::second},
                         {ShownProduct::mark_of(product(2)), Team::none}};
  return impression;
}

TEST(Impression, ComesBackAsItWasSealed) {
  const auto text = seal(sample_impression(), key_of(3));
  const auto sealed = SealedImpression::parse(text);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->experiment(), test::numbered<ExperimentId>(7));
  const auto opened = sealed->open(key_of(3));
  EXPECT_EQ(opened, sample_impression());
  EXPECT_EQ(opened->place_of(product(2)), 1u);
  EXPECT_EQ(opened->place_of(product(3)), std::nullopt);
  EXPECT_FALSE(sealed->open(key_of(4)));
}

TEST(Impression, NoCharacterCanBeChanged) {
  const auto text = seal(sample_impression(), key_of(3));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto forged = text;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    const auto sealed = SealedImpression::parse(forged);
    EXPECT_FALSE(sealed && sealed->open(key_of(3))) << i;
  }
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto sealed = SealedImpression::parse(std::string_view{text}.substr(0, length));
    EXPECT_FALSE(sealed && sealed->open(key_of(3))) << length;
  }
}

TEST(Impression, TheLongestOneFits) {
  auto impression = sample_impression();
  impression.products.assign(max_impression_products + 5, {1, Team::first});
  const auto text = seal(impression, key_of(3));
  EXPECT_LE(text.size(), max_sealed_length);
  EXPECT_EQ(SealedImpression::parse(text)->open(key_of(3))->products.size(), max_impression_products);
}

}  // namespace
}  // namespace cloudcart::recommendation
