#include "analytics/domain/table.h"

#include <limits>

#include <gtest/gtest.h>

namespace cloudcart::analytics {
namespace {

TEST(NumberTest, HasAllItsDecimals) {
  EXPECT_EQ(to_string(Number{0, 0}), "0");
  EXPECT_EQ(to_string(Number{-5, 2}), "-0.05");
  EXPECT_EQ(to_string(Number{12'345, 2}), "123.45");
  EXPECT_EQ(to_string(Number{-12'345, 1}), "-1234.5");
  EXPECT_EQ(to_string(Number{7, 3}), "0.007");
  EXPECT_EQ(to_string(Number{std::numeric_limits<std::int64_t>::min(), 2}), "-92233720368547758.08");
}

Table sample() {
  return {
      {{"name", "label", ""}, {"revenue", "metric", "amount"}, {"incomplete", "flag", ""}},
      {{std::string{"Tea pot"}, cell(Money{1999}), true}, {Cell{}, cell(std::optional<Number>{}), false}}};
}

TEST(TableTest, IsTheSameInJsonAndCsv) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, "rows", sample());
  write_columns(json, sample());
  json.end_object();
  EXPECT_EQ(json.str(), R"({"rows":[{"name":"Tea pot","revenue":19.99,"incomplete":true},)"
                        R"({"name":null,"revenue":null,"incomplete":false}],)"
                        R"("columns":[{"name":"name","role":"label","unit":null},)"
                        R"({"name":"revenue","role":"metric","unit":"amount"},)"
                        R"({"name":"incomplete","role":"flag","unit":null}]})");
  EXPECT_EQ(to_csv(sample()), "name,revenue,incomplete\r\nTea pot,19.99,true\r\n,,false\r\n");
}

TEST(CsvTest, QuotesWhatWouldBreakALine) {
  const auto line = [](std::string text) { return to_csv({{{"a", "", ""}}, {{std::move(text)}}}).substr(3); };
  EXPECT_EQ(line("a,b"), "\"a,b\"\r\n");
  EXPECT_EQ(line("5\" disc"), "\"5\"\" disc\"\r\n");
  EXPECT_EQ(line("two\nlines"), "\"two\nlines\"\r\n");
  EXPECT_EQ(line("Téapot ☕"), "Téapot ☕\r\n");
}

TEST(CsvTest, TakesTheSpellOffFormulas) {
  const auto line = [](std::string text) { return to_csv({{{"a", "", ""}}, {{std::move(text)}}}).substr(3); };
  for (const std::string formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"})
    EXPECT_EQ(line(formula), "\"'" + formula + "\"\r\n");
  EXPECT_EQ(line("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"\r\n");
  EXPECT_EQ(line("a=1"), "a=1\r\n");
  // Where a spreadsheet cuts at semicolons, what is behind one would be a cell of its own.
  EXPECT_EQ(line("a;=1"), "\"a;=1\"\r\n");
  // Numbers are no text: a loss stays a number.
  EXPECT_EQ(to_csv({{{"a", "", ""}}, {{cell(Money{-5})}}}), "a\r\n-0.05\r\n");
}

}  // namespace
}  // namespace cloudcart::analytics
