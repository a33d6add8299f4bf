#include "adapters/postgres/promotion/target_tables.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "product/domain/product_query.h"
#include "product/domain/search_text.h"

namespace cloudcart::promotion {
namespace {

using postgres::Params;
using postgres::Query;
using postgres::Rows;

/// What a table has beyond what a shop consists of.
struct Extra {
  std::string_view table;
  std::string_view columns, values;              ///< more columns, and what they get; may refer to `derived`
  std::string_view derived;                      ///< names of values that derive() makes of each row
  std::string_view also;                         ///< another insert, from the rows `given`; {} is the schema
  std::array<std::string_view, 2> afterwards{};  ///< when all rows are there; {0} is the schema
  bool gives_numbers = false;                    ///< to later rows, which go on behind these
};
constexpr std::array extras{
    Extra{
        .table = "product",
        .columns = ", name_key",
        .values = ", name_key",
        .derived = ", name_key, folded",
        .also =
            "INSERT INTO {}.product_text(product, tenant, folded, id, is_active, created_at, price, "
            "category, name_key)"
            " SELECT number, tenant, folded, id, is_active, created_at, price, category, name_key FROM given",
        .afterwards = {"DELETE FROM {0}.category_size",
                       "INSERT INTO {0}.category_size(tenant, name, active) SELECT tenant, category, count(*)"
                       " FROM {0}.product WHERE is_active GROUP BY tenant, category"},
        .gives_numbers = true},
    Extra{.table = "alert_event", .gives_numbers = true},
    Extra{.table = "experiment", .gives_numbers = true},
    // Of keys whose order is there nobody asks who made it.
    Extra{.table = "idempotency_key",
          .columns = ", claim, held_until, completed",
          .values = ", '00000000-0000-0000-0000-000000000000', 0, true"},
};

Extra extra_of(const Table& table) {
  const auto* found = std::ranges::find(extras, table.name, &Extra::table);
  return found == extras.end() ? Extra{} : *found;
}

std::string list(std::span<const Column> columns) {
  std::string list;
  for (const auto& column : columns) {
    if (!list.empty()) list += ", ";
    list += column.name;
  }
  return list;
}

/// "$1, $2, $3"
std::string parameters(std::size_t count) {
  std::string list;
  for (std::size_t i = 1; i <= count; ++i) list += (i > 1 ? ", $" : "$") + std::to_string(i);
  return list;
}

template <class T, class Read>
void add_column(Params& params, const Values& values, Read read) {
  std::vector<std::optional<T>> column(values.size());
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!values.is_null(row)) column[row] = read(row);
  params.add(column);
}

void add_column(Params& params, const Values& values) {
  switch (values.type()) {
    case ValueType::integer:
      return add_column<std::int64_t>(params, values, [&](std::size_t row) { return values.number(row); });
    case ValueType::real:
      return add_column<double>(params, values, [&](std::size_t row) { return values.real(row); });
    case ValueType::boolean:
      return add_column<bool>(params, values, [&](std::size_t row) { return values.number(row) != 0; });
    case ValueType::text:
      return add_column<std::string_view>(params, values, [&](std::size_t row) { return values.bytes(row); });
    case ValueType::bytes:
      return add_column<postgres::Bytes>(params, values,
                                         [&](std::size_t row) { return postgres::Bytes{values.bytes(row)}; });
    case ValueType::id:
      return add_column<Uuid>(params, values,
                              [&](std::size_t row) { return Uuid::from_bytes(values.bytes(row)).value(); });
  }
}

void add_one(Params& params, const Values& values) {
  switch (values.type()) {
    case ValueType::integer:
      params.add(values.number(0));
      return;
    case ValueType::real:
      params.add(values.real(0));
      return;
    case ValueType::boolean:
      params.add(values.number(0) != 0);
      return;
    case ValueType::text:
      params.add(values.bytes(0));
      return;
    case ValueType::bytes:
      params.add(postgres::Bytes{values.bytes(0)});
      return;
    case ValueType::id:
      params.add(Uuid::from_bytes(values.bytes(0)).value());
  }
}

/// name_key and folded, as Extra names them.
void derive_texts(const Table& table, const Batch& rows, Params& params) {
  const auto at = [&](std::string_view column) {
    return static_cast<std::size_t>(std::ranges::find(table.columns, column, &Column::name) -
                                    table.columns.begin());
  };
  const auto& names = rows.columns[at("name")];
  const auto text = [&](std::string_view column, std::size_t row) -> std::optional<std::string> {
    const auto& values = rows.columns[at(column)];
    if (values.is_null(row)) return std::nullopt;
    return std::string{values.bytes(row)};
  };
  std::vector<std::string> keys, folded;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    product::Product product;
    product.name = std::string{names.bytes(row)};
    product.description = text("description", row);
    product.sku = text("sku", row);
    keys.push_back(product::name_sort_key(product.name));
    folded.push_back(product::search_text(product));
  }
  params.add(keys).add(folded);
}

std::string replace_row(const Table& table, const std::string& name) {
  std::string sets;
  for (const auto& column : table.columns)
    sets += fmt::format("{}{} = given.{}", sets.empty() ? "" : ", ", column.name, column.name);
  return fmt::format("UPDATE {} SET {} FROM unnest({}) AS given({})", name, sets,
                     parameters(table.columns.size()), list(table.columns));
}

}  // namespace

Query TargetTables::select_rows(const Table& table, const std::optional<Batch>& after,
                                std::size_t limit) const {
  Query query{fmt::format("SELECT {} FROM {}", list(table.columns), name_of(table)), {}};
  if (table.has_one_row()) return query;
  const auto key = list(table.key());
  if (after) {
    query.sql += fmt::format(" WHERE ({}) > ({})", key, parameters(table.key_size));
    for (const auto& value : after->columns) add_one(query.params, value);
  }
  query.sql += fmt::format(" ORDER BY {} LIMIT ${}", key, query.params.size() + 1);
  query.params.add(limit);
  return query;
}

Query TargetTables::select_last_key(const Table& table) const {
  std::string order;
  for (const auto& column : table.key())
    order += fmt::format("{}{} DESC", order.empty() ? "" : ", ", column.name);
  return {fmt::format("SELECT {} FROM {} ORDER BY {} LIMIT 1", list(table.key()), name_of(table), order), {}};
}

Query TargetTables::insert_rows(const Table& table, const Batch& rows) const {
  Query query;
  for (const auto& values : rows.columns) add_column(query.params, values);
  if (table.has_one_row()) {
    query.sql = replace_row(table, name_of(table));
    return query;
  }
  const auto extra = extra_of(table);
  if (!extra.derived.empty()) derive_texts(table, rows, query.params);
  const auto columns = list(table.columns);
  query.sql = fmt::format("WITH given AS (SELECT * FROM unnest({}) AS one({}{}))",
                          parameters(query.params.size()), columns, extra.derived);
  if (!extra.also.empty())
    query.sql += fmt::format(", too AS ({})", fmt::format(fmt::runtime(extra.also), schema_of(table.store)));
  query.sql += fmt::format(" INSERT INTO {}({}{}) OVERRIDING SYSTEM VALUE SELECT {}{} FROM given",
                           name_of(table), columns, extra.columns, columns, extra.values);
  return query;
}

std::vector<Query> TargetTables::complete(const Table& table) const {
  std::vector<Query> queries;
  const auto extra = extra_of(table);
  for (const auto sql : extra.afterwards)
    if (!sql.empty()) queries.push_back({fmt::format(fmt::runtime(sql), schema_of(table.store)), {}});
  if (extra.gives_numbers)
    queries.push_back(
        {fmt::format("SELECT setval(pg_get_serial_sequence('{0}', 'number'), coalesce(max(number), 1),"
                     " count(*) > 0) FROM {0}",
                     name_of(table)),
         {}});
  queries.push_back({"ANALYZE " + name_of(table), {}});
  return queries;
}

Batch TargetTables::read(std::span<const Column> columns, const Rows& rows) {
  Batch batch(columns);
  for (const auto row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      auto& values = batch.columns[i];
      const int column = static_cast<int>(i);
      if (row.is_null(column))
        values.add_null();
      else if (values.type() >= ValueType::text)
        values.add(row.text(column));
      else if (values.type() == ValueType::real)
        values.add(row.real(column));
      else if (values.type() == ValueType::boolean)
        values.add(std::int64_t{row.boolean(column)});
      else
        values.add(row.integer(column));
    }
  }
  return batch;
}

}  // namespace cloudcart::promotion
