#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/offline/purchase_file.h"
#include "app/offline/run_file.h"
#include "app/offline/task_files.h"
#include "support/temp_folder.h"

namespace cloudcart::app {
namespace {

using namespace recommendation::offline;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::string_view header = "order_id,user_id,ts,item_id,quantity,unit_price\n";

class FilesTest : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view name, std::string_view text) {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Result<PurchaseFile> read(std::string_view text) {
    return read_purchases(file("orders.csv", text), words_, [](std::uint64_t, std::uint64_t) {});
  }
  /// Of a file with this line below a good one.
  std::string refusal(std::string_view line) {
    auto text = std::string{header} + "1,ann,2026-01-01,pen,1,1\n" + std::string{line} + "\n";
    const auto got = read(text);
    return got ? "" : got.error().message;
  }
  std::string read_back(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempFolder folder_;
  Words words_;
};

TEST_F(FilesTest, OrdersAreReadByTheNamesOfColumns) {
  const auto got = read(
      "\xEF\xBB\xBFQuantity,item_id,note,ts,user_id,order_id\r\n"
      "2,\"pen, blue\",x,2026-01-02 08:30:00,ann,7\r\n"
      "1.0,ink,,2026-01-02T08:31:00Z,ann,7\r\n"
      "0.345,ham,,2026-01-03,bob,8\r\n");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->lines, 3);
  const auto orders = got->purchases.orders();
  ASSERT_EQ(orders.size(), 2);
  EXPECT_EQ(to_rfc3339(orders[0].time), "2026-01-02T08:30:00.000Z");
  EXPECT_EQ(words_.items[0], "pen, blue");
  EXPECT_EQ(got->purchases.lines(orders[0])[0].quantity, 2);
  EXPECT_EQ(got->purchases.lines(orders[1])[0].quantity, 1);
}

TEST_F(FilesTest, ReturnsAndNobodysLinesAreCountedAndLeftOut) {
  const auto got = read(std::string{header} + "1,ann,2026-01-01,pen,1,1\n1,ann,2026-01-01,ink,-1,1\n" +
                        "2,,2026-01-01,pen,1,1\n3,bob,2026-01-01,pen,0,1\n");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->returned, 2);
  EXPECT_EQ(got->without_user, 1);
  EXPECT_EQ(got->purchases.orders().size(), 1);
  EXPECT_EQ(got->purchases.line_count(), 1);
}

TEST_F(FilesTest, ABadLineIsNamedWithItsNumberAndTheMend) {
  EXPECT_EQ(refusal("2,bob,2026-01-01,pen,1,1"), "");
  EXPECT_THAT(refusal("2,bob,2026-01-01,pen"),
              HasSubstr("orders.csv, line 3: 4 fields, but the first line names 6 columns"));
  EXPECT_THAT(refusal("2,bob,2026-01-01,pen,many,1"),
              AllOf(HasSubstr("line 3"), HasSubstr("quantity \"many\"")));
  EXPECT_THAT(refusal("2,bob,2026-01-01,pen,,1"), HasSubstr("quantity \"\""));
  EXPECT_THAT(refusal("2,bob,2026-01-01,pen,nan,1"), HasSubstr("quantity \"nan\""));
  EXPECT_THAT(refusal("2,bob,2026-01-01,pen,1e99,1"), HasSubstr("quantity \"1e99\""));
  EXPECT_THAT(refusal("2,bob,yesterday,pen,1,1"),
              AllOf(HasSubstr("line 3"), HasSubstr("time \"yesterday\"")));
  EXPECT_THAT(refusal("2,bob,2026-02-30,pen,1,1"), HasSubstr("time \"2026-02-30\""));
  EXPECT_THAT(refusal(",bob,2026-01-01,pen,1,1"), HasSubstr("order_id is empty"));
  EXPECT_THAT(refusal("2,bob,2026-01-01,,1,1"), HasSubstr("item_id is empty"));
  EXPECT_THAT(refusal("1,bob,2026-01-01,ink,1,1"), AllOf(HasSubstr("line 3"), HasSubstr("\"ann\"")));
  EXPECT_THAT(refusal("2,\"bob,2026-01-01,ink,1,1"), HasSubstr("line 3: a quoted field does not end"));
  EXPECT_THAT(refusal("2,bob,\x1b[2J,ink,1,1"), HasSubstr("\"?[2J\""));
}

TEST_F(FilesTest, AHeaderMustNameTheColumnsOnce) {
  EXPECT_THAT(read("order_id,user_id,ts,quantity\n").error().message,
              AllOf(HasSubstr("line 1: there is no column item_id"),
                    HasSubstr("found: order_id,user_id,ts,quantity")));
  EXPECT_THAT(read("order_id,user_id,ts,item_id,quantity,ts\n").error().message,
              HasSubstr("ts is named twice"));
  EXPECT_THAT(read("").error().message, HasSubstr("is empty"));
  EXPECT_THAT(read(header).error().message, HasSubstr("no order that counts"));
  const auto missing =
      read_purchases(folder_.path() / "none.csv", words_, [](std::uint64_t, std::uint64_t) {});
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

TEST_F(FilesTest, LinesMayBeOfAnyLengthAndEnd) {
  const std::string longest(1'000'000, 'x');
  const auto path = file("lines", "\xEF\xBB\xBF" + longest + "\r\n\r\n\nlast");
  auto lines = LineReader::open(path);
  ASSERT_TRUE(lines);
  EXPECT_EQ(**lines->next(), longest);
  EXPECT_EQ(**lines->next(), "last");
  EXPECT_EQ(lines->line(), 4);
  EXPECT_EQ(*lines->next(), std::nullopt);

  auto endless = LineReader::open(file("endless", std::string(6'000'000, 'x')));
  EXPECT_THAT(endless->next().error().message, HasSubstr("line 1: the line is longer than 4 MiB"));
}

TEST_F(FilesTest, ACatalogueHasEachItemOnce) {
  words_.items.add("ink");
  const auto catalogue = read_catalogue(file("catalogue.txt", "pen\nink\n\ncup\n"), words_);
  ASSERT_TRUE(catalogue);
  EXPECT_THAT(catalogue->items(), ElementsAre(1, 0, 2));
  EXPECT_THAT(read_catalogue(file("twice", "pen\nink\npen\n"), words_).error().message,
              HasSubstr("twice, line 3: \"pen\" is there twice"));
  EXPECT_THAT(read_catalogue(file("empty", "\n"), words_).error().message, HasSubstr("is empty"));
}

TEST_F(FilesTest, QueriesAreItemsOrACustomerByTask) {
  const auto path = file("q.tsv", "query_id\tquery\nB1\tpen,ink\nB2\tpen\n");
  const auto baskets = read_queries(path, OfflineTask::basket, words_);
  ASSERT_TRUE(baskets);
  EXPECT_THAT((*baskets)[0].items, ElementsAre(0, 1));
  const auto customers = read_queries(path, OfflineTask::next, words_);
  ASSERT_TRUE(customers);
  EXPECT_EQ(words_.customers[(*customers)[0].customer], "pen,ink");

  const auto refusal_of = [&](std::string_view text) {
    return read_queries(file("bad.tsv", text), OfflineTask::basket, words_).error().message;
  };
  EXPECT_THAT(refusal_of("query_id\tquery\nB1 pen\n"), HasSubstr("bad.tsv, line 2: two fields"));
  EXPECT_THAT(refusal_of("B1\tpen\t3\n"), HasSubstr("line 1: two fields"));
  EXPECT_THAT(refusal_of("B1\tpen\nB1\tink\n"), HasSubstr("line 2: the query \"B1\" is there twice"));
  EXPECT_THAT(refusal_of("B1\tpen,,ink\n"), HasSubstr("line 1: an item between commas is empty"));
  EXPECT_THAT(refusal_of("B1\t\n"), HasSubstr("line 1: a field is empty"));
}

TEST_F(FilesTest, TasksComeBackAsTheyWereWritten) {
  const std::string queries = "query_id\tquery\nB1\tpen,ink\nB2\tcup\n";
  const std::string truth = "query_id\titem_id\nB1\tcup\nB2\tink\nB2\tpen\n";
  words_.items.add("cup");
  words_.items.add("ink");
  words_.items.add("pen");
  const auto set = read_task(file("q", queries), file("t", truth), OfflineTask::basket, words_);
  ASSERT_TRUE(set) << set.error().message;
  ASSERT_TRUE(write_task(folder_.path(), *set, words_));
  EXPECT_EQ(read_back(folder_.path() / "basket.queries.tsv"), queries);
  EXPECT_EQ(read_back(folder_.path() / "basket.truth.tsv"), truth);
}

TEST_F(FilesTest, EveryQueryHasATruthAndTheOtherWayRound) {
  const auto queries = file("q", "Q1\tpen\nQ2\tpen\n");
  EXPECT_THAT(read_task(queries, file("t", "Q1\tink\n"), OfflineTask::also, words_).error().message,
              HasSubstr("has no item for the query \"Q2\""));
  EXPECT_THAT(read_task(queries, file("t", "Q1\tink\nQ3\tink\n"), OfflineTask::also, words_).error().message,
              AllOf(HasSubstr("t, line 2"), EndsWith("has no query \"Q3\".")));
}

TEST_F(FilesTest, ARunHasRanksFromOne) {
  words_.items.add("pen");
  words_.items.add("ink");
  EXPECT_EQ(run_lines("Q1", std::vector<Answer>{{1, 0.5}, {0, 0.25}}, words_),
            "Q1\t1\tink\t0.5\nQ1\t2\tpen\t0.25\n");
  const auto nowhere = TextFile::create(folder_.path() / "missing" / "run.tsv");
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, HasSubstr("run.tsv cannot be written: No such file or directory"));
}

}  // namespace
}  // namespace cloudcart::app
