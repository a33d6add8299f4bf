#include "recommendation/offline/metrics.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cloudcart::recommendation::offline {
namespace {

using testing::HasSubstr;
using Items = std::vector<std::uint32_t>;

/// By name, so that a test says which it means.
double figure(const QueryFigures& figures, std::string_view name) {
  return figures.at(static_cast<std::size_t>(std::ranges::find(metric_names, name) - metric_names.begin()));
}

Items first(std::uint32_t count) {
  Items items(count);
  std::iota(items.begin(), items.end(), 0);
  return items;
}

TEST(JudgeTest, CountsHitsByRank) {
  // Hits at ranks 2, 10, 11 and 20; one relevant item is missing.
  const Items relevant{1, 9, 10, 19, 500};
  const auto figures = judge(first(30), relevant);
  EXPECT_DOUBLE_EQ(figure(figures, "Recall@10"), 2 / 5.0);
  EXPECT_DOUBLE_EQ(figure(figures, "Recall@20"), 4 / 5.0);
  const double best = 1 + 1 / std::log2(3) + 1 / std::log2(4) + 1 / std::log2(5) + 1 / std::log2(6);
  EXPECT_DOUBLE_EQ(figure(figures, "NDCG@10"), (1 / std::log2(3) + 1 / std::log2(11)) / best);
  EXPECT_EQ(figure(figures, "HitRate@1"), 0);
  EXPECT_EQ(figure(figures, "HitRate@5"), 1);
  EXPECT_DOUBLE_EQ(figure(figures, "MRR"), 1 / 2.0);
}

TEST(JudgeTest, ThePerfectOrderIsOneAlsoWithMoreRelevantItemsThanRanks) {
  EXPECT_DOUBLE_EQ(figure(judge(first(10), first(3)), "NDCG@10"), 1);
  const auto figures = judge(first(20), first(40));
  EXPECT_DOUBLE_EQ(figure(figures, "NDCG@10"), 1);
  EXPECT_DOUBLE_EQ(figure(figures, "Recall@10"), 10 / 40.0);
  EXPECT_DOUBLE_EQ(figure(figures, "Recall@20"), 20 / 40.0);
}

TEST(JudgeTest, HitRatesEndAtTheirRank) {
  const auto at = [](std::uint32_t rank) { return judge(first(100), Items{rank - 1}); };
  EXPECT_EQ(figure(at(1), "HitRate@1"), 1);
  EXPECT_EQ(figure(at(2), "HitRate@1"), 0);
  EXPECT_EQ(figure(at(5), "HitRate@5"), 1);
  EXPECT_EQ(figure(at(6), "HitRate@5"), 0);
  EXPECT_EQ(figure(at(10), "HitRate@10"), 1);
  EXPECT_EQ(figure(at(11), "HitRate@10"), 0);
  EXPECT_EQ(figure(at(11), "NDCG@10"), 0);
  EXPECT_EQ(figure(at(20), "HitRate@20"), 1);
  EXPECT_EQ(figure(at(21), "HitRate@20"), 0);
}

TEST(JudgeTest, LooksAtAHundredRanks) {
  EXPECT_DOUBLE_EQ(figure(judge(first(200), Items{99}), "MRR"), 1 / 100.0);
  EXPECT_EQ(figure(judge(first(200), Items{100}), "MRR"), 0);
}

TEST(JudgeTest, NoAnswerIsNothing) {
  EXPECT_EQ(judge({}, Items{1}), QueryFigures{});
}

TEST(ScoreboardTest, MeansCountUnansweredQueriesAndCoverageDistinctItems) {
  Scoreboard board(40);
  board.add("a", first(20), Items{0});
  board.add("b", first(10), Items{39});
  board.add("c", {}, Items{0});
  board.add("d", Items{30, 0}, Items{0});
  const auto figures = board.figures();
  EXPECT_EQ(figures.queries, 4);
  EXPECT_EQ(figures.answered, 3);
  EXPECT_DOUBLE_EQ(figure(figures.means, "MRR"), 1.5 / 4);
  EXPECT_DOUBLE_EQ(figures.coverage_10, 11 / 40.0);
  EXPECT_DOUBLE_EQ(figures.coverage_20, 21 / 40.0);
}

TEST(ScoreboardTest, TheIntervalIsThatOfTheProtocolsOwnProgram) {
  // 40 queries, the hit of query qNN at rank 1 + NN % 10; the interval was computed by evaluate.py.
  Scoreboard board(100), backwards(100);
  const auto add = [](Scoreboard& to, std::uint32_t query) {
    to.add((query < 10 ? "q0" : "q") + std::to_string(query), first(10), Items{query % 10});
  };
  for (std::uint32_t query = 0; query < 40; ++query) {
    add(board, query);
    add(backwards, 39 - query);
  }
  const auto interval = board.interval(200);
  EXPECT_NEAR(interval.low, 0.39543, 5e-6);
  EXPECT_NEAR(interval.high, 0.52672, 5e-6);
  // The sequence of queries makes no difference.
  EXPECT_EQ(backwards.interval(200).low, interval.low);
  EXPECT_EQ(backwards.interval(200).high, interval.high);
}

class CheckAnswersTest : public testing::Test {
 protected:
  CheckAnswersTest() {
    for (const auto* word : {"pen", "ink", "cup", "mug"}) words_.items.add(word);
  }

  std::string refusal(std::vector<Answer> answers, Items forbidden = {}) {
    const Query query{.id = "B1", .items = {1}};
    const auto checked = check_answers(answers, query, Catalogue({0, 1, 2}), forbidden, words_);
    return checked ? "" : checked.error().message;
  }

  Words words_;
};

TEST_F(CheckAnswersTest, RefusesWhatWouldBeCheating) {
  EXPECT_EQ(refusal({{0, 2.0}, {2, 1.0}}), "");
  EXPECT_THAT(refusal({{0, 2.0}, {3, 1.0}}), HasSubstr("\"mug\", which is not in the catalogue"));
  EXPECT_THAT(refusal({{1, 2.0}}), HasSubstr("\"ink\", which the query itself has"));
  EXPECT_THAT(refusal({{2, 2.0}}, {0, 2}), HasSubstr("\"cup\", which the customer had bought before"));
  EXPECT_THAT(refusal({{0, 2.0}, {2, 1.5}, {0, 1.0}}), HasSubstr("\"pen\" twice"));
  EXPECT_THAT(refusal({{0, std::numeric_limits<double>::infinity()}}), HasSubstr("not finite"));
}

}  // namespace
}  // namespace cloudcart::recommendation::offline
