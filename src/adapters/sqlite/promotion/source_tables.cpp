#include "adapters/sqlite/promotion/source_tables.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace cloudcart::promotion {
namespace {

/// Where a table is kept under another name.
struct Place {
  std::string_view table;
  std::string_view from;
};
constexpr std::array places{
    Place{"account", "user"},
    Place{
        "revocation_counter",
        // There one counter numbers both feeds.
        "(SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name IN ('revocation', 'erasure'))"},
    Place{"change_base", "change_counter"},
    Place{"order_event",
          "outbox LEFT JOIN orders ON orders.tenant = outbox.tenant AND orders.id = outbox.order_id"},
    Place{"log_compaction", "outbox_compaction"},
    Place{"progress", "(SELECT (SELECT position FROM progress WHERE id = 1) AS position)"},
};

/// Where a column is kept under another name, or is made of others.
struct Origin {
  std::string_view table, column;
  std::string_view value;
  /// Of a part of the key: what the rows lie in order of, and the key's value as one of those.
  std::string_view sorted = value;
  std::string_view parameter = "?";
};
constexpr std::array origins{
    Origin{"stock", "product", "number"},
    Origin{"stock_adjustment_key", "movement",
           "(SELECT sequence FROM stock_movement WHERE number = stock_adjustment_key.movement)"},
    Origin{"change_base", "base", "number"},
    // Lines count from 0 here.
    Origin{"order_line", "line", "line + 1", "line", "? - 1"},
    Origin{"order_event", "tenant", "outbox.tenant"},
    Origin{"order_event", "version", "outbox.version"},
    Origin{"order_event", "status", "outbox.status"},
    // As event_tells_lines() has it.
    Origin{"order_event", "has_lines",
           "(outbox.version = 1 AND orders.kind = 'sale') OR outbox.status = 'cancelled'"},
    // A plan's parts are rows here and values of its row there.
    Origin{"experiment", "variants",
           "(SELECT json_group_array(json(one)) FROM (SELECT json_array(name, algorithm, weight,"
           " json(iif(is_control, 'true', 'false'))) AS one FROM variant WHERE experiment = experiment.number"
           " ORDER BY place))"},
    Origin{"experiment", "guardrails",
           "(SELECT json_group_array(json(one)) FROM (SELECT json_array(metric, max_drop,"
           " json(iif(stops, 'true', 'false'))) AS one FROM guardrail WHERE experiment = experiment.number"
           " ORDER BY place))"},
};

std::string_view place_of(const Table& table) {
  const auto* found = std::ranges::find(places, table.name, &Place::table);
  return found == places.end() ? table.name : found->from;
}

Origin origin_of(const Table& table, const Column& column) {
  const auto* found = std::ranges::find_if(
      origins, [&](const Origin& one) { return one.table == table.name && one.column == column.name; });
  return found == origins.end() ? Origin{table.name, column.name, column.name} : *found;
}

std::string list(const Table& table, std::span<const Column> columns, std::string_view Origin::* part) {
  std::string list;
  for (const auto& column : columns) {
    if (!list.empty()) list += ", ";
    list += origin_of(table, column).*part;
  }
  return list;
}

}  // namespace

std::string count_rows(const Table& table) {
  return fmt::format("SELECT count(*) FROM {}", table.name == "order_event" ? "outbox" : place_of(table));
}

std::string select_rows(const Table& table, bool beyond) {
  auto sql = fmt::format("SELECT {} FROM {}", list(table, table.columns, &Origin::value), place_of(table));
  if (table.has_one_row()) return sql;
  const auto sorted = list(table, table.key(), &Origin::sorted);
  if (beyond) sql += fmt::format(" WHERE ({}) > ({})", sorted, list(table, table.key(), &Origin::parameter));
  return sql + " ORDER BY " + sorted;
}

}  // namespace cloudcart::promotion
