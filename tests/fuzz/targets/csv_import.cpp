// Files of shop history: the records do not depend on how the bytes arrive, and the values keep to their bounds.
#include "fuzz/fuzz_target.h"
#include "import/domain/csv_parser.h"
#include "import/domain/layout.h"
#include "import/domain/line_values.h"

using namespace cloudcart;
using fuzz::require;

namespace {

struct Read {
  std::uint64_t line;
  bool readable;
  std::vector<std::string> fields;
  bool operator==(const Read&) const = default;
};

void take_all(history::CsvParser& parser, std::vector<Read>& records) {
  while (const auto record = parser.next())
    records.push_back({record->line, record->readable, {record->fields.begin(), record->fields.end()}});
}

std::vector<Read> read_csv(const std::vector<std::string_view>& pieces) {
  history::CsvParser parser({.record_bytes = 4096, .fields = 32});
  std::vector<Read> records;
  for (const auto piece : pieces) {
    parser.push(piece);
    take_all(parser, records);
  }
  parser.finish();
  take_all(parser, records);
  return records;
}

std::string quoted(const std::vector<std::string>& fields) {
  std::string line;
  for (const auto& field : fields) {
    if (!line.empty()) line += ',';
    line += '"';
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + "\r\n";
}

void values(const std::string& field) {
  static const TimeZone utc;
  if (const auto time = history::parse_line_time(field, utc))
    require(to_unix_ms(*time) > -100'000'000 && to_unix_ms(*time) < 7'260'000'000'000,
            "times are of years that are believed");
  if (const auto quantity = history::parse_quantity(field))
    require(*quantity >= -1'000'000'000 && *quantity <= 1'000'000'000, "quantities have a bound");
  if (const auto price = history::parse_unit_price(field))
    require(std::abs(price->amount.minor_units()) <= 9'999'999'999, "prices have a bound");
}

void as_lines(const std::vector<Read>& records) {
  std::optional<history::ColumnMap> columns;
  for (const auto& record : records) {
    const std::vector<std::string_view> fields(record.fields.begin(), record.fields.end());
    if (!columns) {
      auto header = history::ColumnMap::read_header(fields);
      if (!header) return;
      columns = *header;
    } else if (const auto line = columns->read(fields)) {
      values(std::string{line->quantity});
    }
  }
}

}  // namespace

FUZZ_TARGET(csv_import) {
  fuzz::Input bytes(input);
  const auto seed = bytes.byte();
  const auto text = bytes.rest();
  const auto records = read_csv({text});
  require(records == read_csv(fuzz::in_pieces(text, seed)), "records do not depend on how bytes arrive");
  as_lines(records);
  for (const auto& record : records) {
    require(record.readable != record.fields.empty(), "what is not readable has no fields, and all else has");
    for (const auto& field : record.fields) values(field);
    if (!record.readable) continue;
    const auto line = quoted(record.fields);
    if (line.size() > 4000) continue;
    const auto again = read_csv({line});
    require(again.size() == 1 && again[0].fields == record.fields,
            "a record that is written reads as it was");
  }
}
