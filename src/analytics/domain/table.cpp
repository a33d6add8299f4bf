#include "analytics/domain/table.h"

#include "core/overloaded.h"

namespace cloudcart::analytics {
namespace {

void write_cell(JsonWriter& json, const Cell& value) {
  std::visit(
      Overloaded{[&](std::monostate) { json.null(); }, [&](const std::string& text) { json.value(text); },
                 [&](Number number) { json.raw(to_string(number)); }, [&](bool truth) { json.value(truth); }},
      value);
}

bool looks_like_a_formula(std::string_view text) {
  return !text.empty() && std::string_view{"=+-@\t\r\n"}.contains(text.front());
}

void append_text(std::string& out, std::string_view text) {
  const bool formula = looks_like_a_formula(text);
  if (!formula && text.find_first_of(",;\t\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  if (formula) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_cell(std::string& out, const Cell& value) {
  std::visit(Overloaded{[](std::monostate) {}, [&](const std::string& text) { append_text(out, text); },
                        [&](Number number) { out += to_string(number); },
                        [&](bool truth) { out += truth ? "true" : "false"; }},
             value);
}

}  // namespace

void write_row(JsonWriter& json, const Table& table, const std::vector<Cell>& row) {
  json.begin_object();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    json.key(table.columns[i].name);
    write_cell(json, row[i]);
  }
  json.end_object();
}

void write_rows(JsonWriter& json, std::string_view name, const Table& table) {
  json.key(name).begin_array();
  for (const auto& row : table.rows) write_row(json, table, row);
  json.end_array();
}

void write_columns(JsonWriter& json, const Table& table) {
  json.key("columns").begin_array();
  for (const auto& column : table.columns) {
    json.begin_object().field("name", column.name).field("role", column.role);
    json.key("unit");
    column.unit.empty() ? json.null() : json.value(column.unit);
    json.end_object();
  }
  json.end_array();
}

std::string to_csv(const Table& table) {
  std::string out;
  const auto end_line = [&] { out += "\r\n"; };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_text(out, table.columns[i].name);
  }
  end_line();
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      append_cell(out, row[i]);
    }
    end_line();
  }
  return out;
}

}  // namespace cloudcart::analytics
