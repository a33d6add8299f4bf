#include "import/domain/csv_parser.h"

#include <random>

#include <gtest/gtest.h>

namespace cloudcart::history {
namespace {

using Row = std::vector<std::string>;

struct Parsed {
  std::vector<Row> rows;  ///< unreadable ones as {"!"}
  std::vector<std::uint64_t> lines;
  bool operator==(const Parsed&) const = default;
};

Parsed parse(std::string_view text, std::size_t piece = 1 << 20, CsvParser::Limits limits = {}) {
  CsvParser parser(limits);
  Parsed parsed;
  const auto drain = [&] {
    while (const auto record = parser.next()) {
      parsed.lines.push_back(record->line);
      parsed.rows.push_back(record->readable ? Row(record->fields.begin(), record->fields.end()) : Row{"!"});
    }
  };
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.push(text.substr(at, piece));
    drain();
  }
  parser.finish();
  drain();
  return parsed;
}

std::vector<Row> rows(std::string_view text) {
  return parse(text).rows;
}

TEST(CsvParserTest, LineEndsAndBlankLines) {
  const std::vector<Row> expected{{"a", "b"}, {"c", ""}};
  EXPECT_EQ(rows("a,b\nc,\n"), expected);
  EXPECT_EQ(rows("a,b\r\nc,"), expected);
  EXPECT_EQ(rows("\n\r\na,b\n\nc,\r\n\n"), expected);
  EXPECT_EQ(rows(""), std::vector<Row>{});
  EXPECT_EQ(rows("\n\n"), std::vector<Row>{});
}

TEST(CsvParserTest, Quotes) {
  EXPECT_EQ(rows("\"a,b\",\"say \"\"hi\"\"\",\"\"\n"), (std::vector<Row>{{"a,b", "say \"hi\"", ""}}));
  EXPECT_EQ(rows("1,\"two\r\nlines\",3\n4,5,6"),
            (std::vector<Row>{{"1", "two\r\nlines", "3"}, {"4", "5", "6"}}));
}

TEST(CsvParserTest, AQuoteWithinAFieldIsALetter) {
  EXPECT_EQ(rows("24\" NECKLACE,a \"b\" c\nnext\n"),
            (std::vector<Row>{{"24\" NECKLACE", "a \"b\" c"}, {"next"}}));
  EXPECT_EQ(rows("\"a\"b,c\n"), (std::vector<Row>{{"ab", "c"}}));
}

TEST(CsvParserTest, ByteOrderMarkAtTheStartOnly) {
  EXPECT_EQ(rows("\xEF\xBB\xBF"
                 "a\n"),
            (std::vector<Row>{{"a"}}));
  EXPECT_EQ(rows("a\n\xEF\xBB\xBF"
                 "b\n"),
            (std::vector<Row>{{"a"},
                              {"\xEF\xBB\xBF"
                               "b"}}));
  EXPECT_EQ(rows("a"), (std::vector<Row>{{"a"}})) << "shorter than the mark";
}

TEST(CsvParserTest, CountsLinesOfTheFile) {
  EXPECT_EQ(parse("a\n\n\"b\nb\"\nc\n").lines, (std::vector<std::uint64_t>{1, 3, 5}));
}

TEST(CsvParserTest, AnOpenQuoteCostsOneLine) {
  const auto parsed = parse("a\n\"open,b\nc\nd\n");
  EXPECT_EQ(parsed.rows, (std::vector<Row>{{"a"}, {"!"}, {"c"}, {"d"}}));
  EXPECT_EQ(parsed.lines, (std::vector<std::uint64_t>{1, 2, 3, 4}));
  EXPECT_EQ(rows("a\n\"open"), (std::vector<Row>{{"a"}, {"!"}}));
}

TEST(CsvParserTest, AnOpenQuoteInALongFileCostsOneLine) {
  std::string text = "\"open\n";
  for (int i = 0; i < 50'000; ++i) text += "x,y\n";
  const auto parsed = parse(text, 4096);
  ASSERT_EQ(parsed.rows.size(), 50'001U);
  EXPECT_EQ(parsed.rows[0], Row{"!"});
  EXPECT_EQ(parsed.rows[1], (Row{"x", "y"}));
}

TEST(CsvParserTest, BoundsOnRecordsAndFields) {
  const CsvParser::Limits limits{.record_bytes = 10, .fields = 3};
  EXPECT_EQ(parse("0123456789\n", 3, limits).rows, (std::vector<Row>{{"0123456789"}}));
  EXPECT_EQ(parse("01234567890\nab\n", 3, limits).rows, (std::vector<Row>{{"!"}, {"ab"}}));
  EXPECT_EQ(parse("\"0123\n56789\"\nab\n", 3, limits).rows, (std::vector<Row>{{"!"}, {"56789\""}, {"ab"}}));
  EXPECT_EQ(parse("a,b,c\na,b,c,d\n\"a\",b,c,d\nz\n", 3, limits).rows,
            (std::vector<Row>{{"a", "b", "c"}, {"!"}, {"!"}, {"z"}}));
}

TEST(CsvParserTest, WhereTheBytesAreCutDoesNotMatter) {
  const std::string text =
      "\xEF\xBB\xBFid,\"na\"\"me\"\r\n1,\"a\r\nb\"\r\n\r\n2,\"\"\"\"\n\"\",3\"3\n4,\"open\n5";
  const auto whole = parse(text);
  for (std::size_t piece = 1; piece <= text.size(); ++piece) EXPECT_EQ(parse(text, piece), whole) << piece;
}

TEST(CsvParserTest, JunkIsReadInEveryCutAlike) {
  std::mt19937 random(20'261'123);
  constexpr std::string_view letters = "\",\r\nab\"\n\xFF\0;";
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 200, ' ');
    for (auto& c : text) c = letters[random() % letters.size()];
    const CsvParser::Limits limits{.record_bytes = 20, .fields = 4};
    const auto whole = parse(text, text.size() + 1, limits);
    for (const std::size_t piece : {1, 2, 3, 7, 50})
      EXPECT_EQ(parse(text, piece, limits), whole) << "round " << round;
  }
}

}  // namespace
}  // namespace cloudcart::history
