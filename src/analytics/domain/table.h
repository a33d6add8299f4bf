#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/domain/number.h"
#include "core/json_writer.h"
#include "core/money.h"

namespace cloudcart::analytics {

/// Empty, text, an exact number, or a truth.
using Cell = std::variant<std::monostate, std::string, Number, bool>;

inline Cell cell(Money amount) {
  return Number{amount.minor_units(), 2};
}
inline Cell cell(std::int64_t count) {
  return Number{count, 0};
}
inline Cell cell(std::optional<Number> number) {
  return number ? Cell{*number} : Cell{};
}

struct Column {
  std::string name;  ///< the JSON field and the CSV heading
  std::string role;  ///< "dimension", "label", "metric", "compared", "change", "flag"
  std::string unit;  ///< of a number: "amount", "count", "percent", "hours"; else empty
};

/// What a report answers: the same cells become JSON and CSV, so that the two are equal to the cent.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  ///< each as long as `columns`
};

/// {column: cell, …}
void write_row(JsonWriter& json, const Table& table, const std::vector<Cell>& row);
/// `name`: [{column: cell, …}, …] into an open object.
void write_rows(JsonWriter& json, std::string_view name, const Table& table);
/// `columns`: [{name, role, unit}, …] into an open object.
void write_columns(JsonWriter& json, const Table& table);

/// RFC 4180, with a heading and lines that end in CRLF. A text that a spreadsheet would take for a formula
/// (it begins with = + - @, a tab or a line end) gets an apostrophe in front, as OWASP's "CSV
/// Injection" advises.
std::string to_csv(const Table& table);

}  // namespace cloudcart::analytics
