#include "recommendation/offline/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recommendation/offline/answering.h"

namespace cloudcart::recommendation::offline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

Timestamp day(int number) {
  return std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + std::chrono::days{number};
}

/// A small shop's history: order, customer, day, items.
class History {
 public:
  explicit History(Words& words) : collector_(words) {}

  History& order(std::string_view name, std::string_view customer, int on,
                 std::vector<std::string_view> items) {
    for (const auto item : items) EXPECT_TRUE(collector_.add({name, customer, item, day(on)}));
    return *this;
  }
  Purchases done() { return std::move(collector_).finish(); }

 private:
  PurchaseCollector collector_;
};

class TrialTest : public testing::Test {
 protected:
  TrialTest() {
    history_ = History(words_)
                   .order("13", "ann", 10, {"pen", "new"})
                   .order("12", "ann", 10, {"ink", "cup", "pen"})
                   .order("3", "bob", 2, {"cup"})
                   .order("1", "ann", 1, {"pen", "ink"})
                   .order("10", "cat", 11, {"cup", "new"})
                   .order("6", "cat", 12, {"pen"})
                   .order("7", "bob", 13, {"new"})
                   .done();
  }

  Trial trial(std::optional<Timestamp> until = {}) {
    auto made = make_trial(history_, day(10), until, words_);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }

  /// "QUERY: what it asks for > what is relevant"
  std::vector<std::string> lines_of(const Trial& trial, OfflineTask task) {
    std::vector<std::string> lines;
    for (const auto& set : trial.tasks) {
      if (set.task != task) continue;
      for (std::size_t i = 0; i < set.queries.size(); ++i) {
        const auto& query = set.queries[i];
        auto line = query.id + ":";
        if (!asks_for_items(task)) line += " " + std::string{words_.customers[query.customer]};
        for (const auto item : query.items) line += " " + std::string{words_.items[item]};
        line += " >";
        for (const auto item : set.truth[i]) line += " " + std::string{words_.items[item]};
        lines.push_back(line);
      }
    }
    return lines;
  }

  Words words_;
  Purchases history_;
};

TEST_F(TrialTest, AsksCustomersAtTheirFirstOrderAfterTheCut) {
  const auto made = trial();
  // bob's next order has nothing of the catalogue; of two orders of one moment "12" comes first.
  EXPECT_THAT(lines_of(made, OfflineTask::next), ElementsAre("Pann: ann > cup ink pen"));
  EXPECT_THAT(lines_of(made, OfflineTask::new_items), ElementsAre("Nann: ann > cup"));
  EXPECT_THAT(lines_of(made, OfflineTask::cold), ElementsAre("Ccat: cat > cup"));
}

TEST_F(TrialTest, HidesTheItemWithTheSmallestDigest) {
  const auto made = trial();
  // printf 'basket|12|cup' | sha256sum, and so on.
  EXPECT_THAT(lines_of(made, OfflineTask::basket), ElementsAre("B12: cup ink > pen"));
  EXPECT_THAT(lines_of(made, OfflineTask::also), ElementsAre("A12: ink > cup pen"));
  EXPECT_THAT(lines_of(made, OfflineTask::stream_basket),
              ElementsAre("S12: cup ink > pen", "S13: new > pen", "S10: cup > new"));
}

TEST_F(TrialTest, StreamsAskWhoeverHasOrderedBefore) {
  EXPECT_THAT(lines_of(trial(), OfflineTask::stream_next),
              ElementsAre("R12: ann > cup ink pen", "R13: ann > new pen", "R6: cat > pen", "R7: bob > new"));
}

TEST_F(TrialTest, NothingIsKnownOfWhatComesLater) {
  const auto made = trial(day(11));
  EXPECT_EQ(made.train.orders().size(), 2);
  EXPECT_EQ(made.future.orders().size(), 2);
  EXPECT_TRUE(lines_of(made, OfflineTask::cold).empty());
}

TEST_F(TrialTest, ACatalogueHasWhatWasSoldByName) {
  const auto made = trial();
  std::vector<std::string_view> names, stream_names;
  for (const auto item : made.catalogue.items()) names.push_back(words_.items[item]);
  for (const auto item : made.stream_catalogue.items()) stream_names.push_back(words_.items[item]);
  EXPECT_THAT(names, ElementsAre("cup", "ink", "pen"));
  EXPECT_THAT(stream_names, ElementsAre("cup", "ink", "new", "pen"));
}

TEST_F(TrialTest, IsTheSameInWhicheverOrderItWasRead) {
  const auto made = trial();
  // By time, those of one moment by name, whatever the file's order.
  std::vector<std::string_view> train;
  for (const auto& order : made.train.orders()) train.push_back(words_.orders[order.number]);
  for (std::uint32_t i = 0; i < made.train.orders().size(); ++i) EXPECT_EQ(made.train.orders()[i].number, i);
  EXPECT_THAT(train, ElementsAre("1", "3"));
  std::vector<std::string_view> items;
  for (const auto& line : made.train.lines(made.train.orders()[0])) items.push_back(words_.items[line.item]);
  EXPECT_THAT(items, ElementsAre("ink", "pen"));
}

TEST_F(TrialTest, ACutNeedsOrdersOnBothSides) {
  const auto early = make_trial(history_, day(0), {}, words_);
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().message, HasSubstr("0 orders before the cut, 2026-01-01"));
  EXPECT_FALSE(make_trial(history_, day(99), {}, words_));
}

TEST_F(TrialTest, QueriesOfAStreamFindTheirOrders) {
  const auto made = trial();
  const std::vector<Query> queries{{.id = "R7"}, {.id = "R12"}};
  EXPECT_THAT(*place_queries(queries, made.future, words_),
              ElementsAre(Optional(1), std::nullopt, std::nullopt, std::nullopt, Optional(0)));
  for (const auto* id : {"R1", "R", "R99"}) {
    const auto placed = place_queries(std::vector{Query{.id = id}}, made.future, words_);
    ASSERT_FALSE(placed) << id;
    EXPECT_THAT(placed.error().message, HasSubstr("about no order of the stream"));
  }
  EXPECT_FALSE(place_queries(std::vector{Query{.id = "R7"}, Query{.id = "S7"}}, made.future, words_));
}

TEST_F(TrialTest, TheStreamIsLearntAfterItIsAsked) {
  const auto made = trial();
  Model model(made.train.book(), {});
  std::vector<std::uint64_t> known;
  ASSERT_TRUE(learn_stream(model, made.future, run_alone, [&](std::uint32_t) -> Status {
    known.push_back(model.size().orders);
    return {};
  }));
  EXPECT_THAT(known, ElementsAre(2, 3, 4, 5, 6));
  EXPECT_EQ(model.size().orders, 7);
}

TEST_F(TrialTest, EveryTaskIsMeasuredWithWhoeverAnswersIt) {
  const auto made = trial();
  std::uint64_t last_done = 0, last_total = 0;
  const auto measured =
      evaluate(made, words_, all_algorithms, 100, run_alone, [&](std::uint64_t done, std::uint64_t total) {
        last_done = done;
        last_total = total;
      });
  ASSERT_TRUE(measured) << measured.error().message;
  std::size_t expected = 0, questions = 0;
  for (const auto& set : made.tasks)
    for (const auto algorithm : all_algorithms)
      if (answers(algorithm, kind_of(set.task))) {
        ++expected;
        questions += set.queries.size();
      }
  EXPECT_EQ(made.tasks.size(), all_offline_tasks.size());
  EXPECT_EQ(measured->size(), expected);
  EXPECT_EQ(last_done, questions);
  EXPECT_EQ(last_total, questions);
  for (const auto& row : *measured) EXPECT_TRUE(row.interval);
}

class AnswererTest : public testing::Test {
 protected:
  AnswererTest() {
    std::vector<std::string> names;
    for (int i = 0; i < 40; ++i) names.push_back("item" + std::to_string(100 + i));
    History history(words_);
    // item100 is bought with everything; item139 most often.
    for (int i = 1; i < 40; ++i)
      for (int times = 0; times < i; ++times)
        history.order(std::to_string(i) + "." + std::to_string(times), "ann", 0, {names[0], names[i]});
    model_.emplace(history.done().book(), ModelOptions{});
  }

  std::vector<std::uint32_t> items(const Catalogue& catalogue, std::size_t limit, const Query& query,
                                   OfflineTask task, std::vector<std::uint32_t> forbidden = {}) {
    std::vector<std::uint32_t> out;
    const Answerer answerer(*model_, catalogue, words_.items.size(), limit);
    for (const auto& answer : answerer(query, task, Algorithm::blend, forbidden)) out.push_back(answer.item);
    return out;
  }

  Words words_;
  std::optional<Model> model_;
};

TEST_F(AnswererTest, AnswersItemsOfTheCatalogueHoweverFarDownTheyStand) {
  const Query page{.id = "A", .items = {0}};
  std::vector<std::uint32_t> everything(40);
  for (std::uint32_t i = 0; i < 40; ++i) everything[i] = i;
  EXPECT_THAT(items(Catalogue(everything), 3, page, OfflineTask::also), ElementsAre(39, 38, 37));
  EXPECT_THAT(items(Catalogue({1, 2, 30}), 2, page, OfflineTask::also), ElementsAre(30, 2));
  EXPECT_THAT(items(Catalogue({1}), 5, page, OfflineTask::also), ElementsAre(1));
}

TEST_F(AnswererTest, WhoIsNotKnownGetsWhatIsTrending) {
  const Catalogue catalogue({0, 1, 2});
  words_.customers.add("dan");
  const Query stranger{.id = "C", .customer = *words_.customers.find("dan")};
  EXPECT_EQ(items(catalogue, 3, stranger, OfflineTask::next).size(), 3);
  EXPECT_EQ(
      items(catalogue, 3, {.id = "A", .items = {words_.items.add("never sold")}}, OfflineTask::also).size(),
      3);
}

TEST_F(AnswererTest, ForbiddenItemsAreNotAnswered) {
  const Query customer{.id = "N", .customer = *words_.customers.find("ann")};
  EXPECT_THAT(items(Catalogue({0, 1, 2}), 3, customer, OfflineTask::new_items, {0, 2}), ElementsAre(1));
}

}  // namespace
}  // namespace cloudcart::recommendation::offline
