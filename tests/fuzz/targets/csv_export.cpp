// CSV that the shop gives away: a spreadsheet finds no formula in it, and our own reader what was written.
#include "analytics/domain/table.h"
#include "core/text.h"
#include "fuzz/fuzz_target.h"
#include "import/domain/csv_parser.h"

using namespace cloudcart;
using fuzz::require;

/// Each line is a cell.
FUZZ_TARGET(csv_export) {
  std::vector<std::string> texts;
  for (const auto text : split(input, '\n')) texts.emplace_back(text);
  if (texts.size() > 100 || input.size() > 10'000) return;
  analytics::Table table;
  table.columns.push_back({"first", "label", ""});
  for (std::size_t i = 0; i < texts.size(); ++i)
    table.columns.push_back({"column_" + std::to_string(i), "label", ""});
  table.rows.emplace_back();
  table.rows.front().emplace_back("row");
  for (const auto& text : texts) table.rows.front().emplace_back(text);

  history::CsvParser parser;
  const auto written = analytics::to_csv(table);
  parser.push(written);
  parser.finish();
  require(parser.next().has_value(), "there is a heading");
  const auto row = parser.next();
  require(row && row->readable && row->fields.size() == texts.size() + 1, "there are all cells");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto cell = row->fields[i + 1];
    require(cell.empty() || !std::string_view{"=+-@\t\r\n"}.contains(cell.front()),
            "no cell begins as a formula does");
    require(cell == texts[i] || (cell.starts_with('\'') && cell.substr(1) == texts[i]),
            "a cell holds its text, with an apostrophe at most");
  }
  require(!parser.next().has_value(), "and nothing else");
}
