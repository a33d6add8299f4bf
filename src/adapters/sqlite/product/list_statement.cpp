#include "adapters/sqlite/product/list_statement.h"

#include <fmt/format.h>

#include "core/json_writer.h"
#include "core/text.h"

namespace cloudcart::product {
namespace {

constexpr std::size_t trigram_length = 3;

std::string match_expression(const std::vector<std::string>& terms) {
  std::string expression;
  for (const auto& term : terms) {
    if (utf8_length(term) < trigram_length) continue;
    expression += expression.empty() ? "\"" : " AND \"";
    for (const char c : term) {
      if (c == '"') expression += '"';
      expression += c;
    }
    expression += '"';
  }
  return expression;
}

std::string short_terms(const std::vector<std::string>& terms) {
  JsonWriter json;
  bool any = false;
  json.begin_array();
  for (const auto& term : terms) {
    if (utf8_length(term) >= trigram_length) continue;
    json.value(term);
    any = true;
  }
  json.end_array();
  return any ? std::move(json).str() : "";
}

/// The columns of an order: its key and the id.
struct Order {
  std::string_view key, id;
};

Order order_of(ProductSort sort) {
  switch (sort) {
    case ProductSort::name:
      return {"p.sort_name", "p.id"};
    case ProductSort::price:
      return {"p.price", "p.id"};
    case ProductSort::created_at:
      return {"p.created_at", "p.id"};
    case ProductSort::inventory_count:
      break;
  }
  return {"s.available", "p.id"};
}

}  // namespace

ListStatement::ListStatement(const TenantId& tenant, const ProductQuery& query)
    : tenant_(tenant),
      query_(query),
      match_(match_expression(query.terms)),
      short_terms_(short_terms(query.terms)) {}

std::string ListStatement::filters() const {
  std::string sql = " WHERE p.tenant = ? AND p.is_active = 1";
  if (query_.category) sql += " AND p.category = ?";
  if (query_.min_price) sql += " AND p.price >= ?";
  if (query_.max_price) sql += " AND p.price <= ?";
  if (match_.empty() && short_terms_.empty()) return sql;
  sql += " AND p.number IN (SELECT rowid FROM product_text WHERE 1";
  if (!match_.empty()) sql += " AND product_text MATCH ?";
  if (!short_terms_.empty())
    sql += " AND NOT EXISTS (SELECT 1 FROM json_each(?) WHERE instr(text, value) = 0)";
  return sql + ")";
}

void ListStatement::bind_filters(sqlite::Statement& statement) const {
  statement.bind(tenant_.value);
  if (query_.category) statement.bind(*query_.category);
  if (query_.min_price) statement.bind(*query_.min_price);
  if (query_.max_price) statement.bind(*query_.max_price);
  if (!match_.empty()) statement.bind(match_);
  if (!short_terms_.empty()) statement.bind(short_terms_);
}

std::vector<std::int64_t> ListStatement::numbers(sqlite::Connection& connection) const {
  const auto [key, id] = order_of(query_.sort);
  const bool by_stock = query_.sort == ProductSort::inventory_count;
  std::string sql = "SELECT p.number FROM product p";
  if (by_stock) sql += " JOIN stock s ON s.number = p.number";
  sql += filters();
  if (query_.after) sql += fmt::format(" AND ({}, {}) {} (?, ?)", key, id, query_.descending ? '<' : '>');
  sql +=
      fmt::format(" ORDER BY {0} {2}, {1} {2} LIMIT ? OFFSET ?", key, id, query_.descending ? "DESC" : "ASC");

  auto rows = connection.prepare(sql);
  bind_filters(rows);
  if (query_.after) {
    std::visit([&](const auto& value) { rows.bind(value); }, query_.after->key);
    rows.bind(query_.after->id);
  }
  rows.bind(query_.limit + 1).bind(query_.offset);
  std::vector<std::int64_t> numbers;
  while (rows.step()) numbers.push_back(rows.integer(0));
  return numbers;
}

std::int64_t ListStatement::total(sqlite::Connection& connection) const {
  auto row = connection.prepare("SELECT count(*) FROM product p" + filters());
  bind_filters(row);
  row.step();
  return row.integer(0);
}

}  // namespace cloudcart::product
