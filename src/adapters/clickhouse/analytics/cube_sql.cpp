#include "adapters/clickhouse/analytics/cube_sql.h"

#include <algorithm>

#include <fmt/format.h>

#include "adapters/clickhouse/analytics/time_sql.h"
#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {
namespace {

constexpr std::string_view flow_columns =
    "kind, at, order_id, customer, document, units, amount, weight, seconds, is_record";

const std::string& nobody() {
  static const auto nil = clickhouse::literal(Uuid{}.as_bytes());
  return nil;
}

std::string literal_of(const Member& member) {
  if (const auto* product = std::get_if<ProductId>(&member)) return clickhouse::literal(product->as_bytes());
  if (const auto* category = std::get_if<std::string>(&member)) return clickhouse::literal(*category);
  if (const auto* customer = std::get_if<UserId>(&member)) return clickhouse::literal(customer->as_bytes());
  if (const auto* status = std::get_if<OrderStatus>(&member))
    return std::to_string(static_cast<int>(*status));
  return nobody();
}

std::string column_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::product:
      return "product";
    case Dimension::category:
      return "category";
    case Dimension::customer:
      return "customer";
    default:
      return "present_status";
  }
}

std::string condition_of(const Selection& selection) {
  if (selection.members.empty()) return selection.exclude ? "1" : "0";
  std::string list;
  for (const auto& member : selection.members) (list += list.empty() ? "" : ", ") += literal_of(member);
  return fmt::format("{} {}IN ({})", column_of(selection.dimension), selection.exclude ? "NOT " : "", list);
}

bool has(const std::vector<Axis>& axes, Dimension dimension) {
  return std::ranges::any_of(axes, [=](const Axis& axis) { return axis.dimension == dimension; });
}

/// ", product" and so on: those of the two that are axes.
std::string line_columns(const std::vector<Axis>& axes) {
  std::string columns;
  for (const auto dimension : {Dimension::product, Dimension::category})
    if (has(axes, dimension)) columns += ", " + column_of(dimension);
  return columns;
}

std::string keys(const std::vector<Axis>& axes) {
  std::string list;
  for (std::size_t i = 0; i < axes.size(); ++i) list += fmt::format("{}k{}", i ? ", " : "", i);
  return list;
}

std::string shown_keys(const std::vector<Axis>& axes) {
  std::string list;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto dimension = axes[i].dimension;
    const bool is_id = dimension == Dimension::product || dimension == Dimension::customer;
    list += fmt::format(fmt::runtime(is_id ? "hex(k{}), " : "k{}, "), i);
  }
  return list;
}

/// The column of a line that, added up, counts orders in groups by these axes; empty where none does.
std::string weight_of_lines(const std::vector<Axis>& axes, const std::vector<Selection>& selections) {
  const auto only = [&](Dimension dimension) {
    return std::ranges::all_of(selections, [=](const Selection& selection) {
      return !is_of_lines(selection.dimension) || selection.dimension == dimension;
    });
  };
  const bool by_product = has(axes, Dimension::product), by_category = has(axes, Dimension::category);
  if (by_product && by_category) return "toUInt8(1)";
  if (by_product && only(Dimension::product)) return "product_first";
  if (by_category && only(Dimension::category)) return "category_first";
  return "";
}

}  // namespace

std::string sort_expression(Metric metric) {
  switch (metric) {
    case Metric::gross_revenue:
      return "gross";
    case Metric::cancelled_revenue:
      return "cancelled";
    case Metric::net_revenue:
      return "gross - cancelled";
    case Metric::orders:
      return "placed_orders - cancelled_orders";
    case Metric::placed_orders:
      return "placed_orders";
    case Metric::cancelled_orders:
      return "cancelled_orders";
    case Metric::units:
      return "placed_units - cancelled_units";
    case Metric::placed_units:
      return "placed_units";
    case Metric::cancelled_units:
      return "cancelled_units";
    case Metric::active_customers:
      return "active_customers";
    case Metric::new_customers:
      return "new_customers";
    case Metric::returning_customers:
      return "active_customers - new_customers";
    case Metric::repeat_customers:
      return "repeat_customers";
    case Metric::shipped_orders:
      return "shipped_orders";
    case Metric::delivered_orders:
      return "delivered_orders";
    default:
      return "";
  }
}

CubeSql::CubeSql(const CubeQuery& query, Snapshot snapshot, TenantId tenant)
    : query_(query),
      snapshot_(snapshot),
      seen_(seen_rows(snapshot, tenant)),
      moments_(in_moments(query.moments)) {}

bool CubeSql::selects_lines() const {
  return std::ranges::any_of(query_.selections, is_of_lines, &Selection::dimension);
}

bool CubeSql::uses_status(const Axes& axes) const {
  return has(axes, Dimension::status) ||
         std::ranges::any_of(query_.selections, [](const Selection& selection) {
           return selection.dimension == Dimension::status;
         });
}

std::string CubeSql::kinds() const {
  return query_.passages ? "kind IN (0, 1, 2, 3)" : "kind IN (0, 1)";
}

std::string CubeSql::conditions_of_orders() const {
  std::string conditions;
  for (const auto& selection : query_.selections)
    if (selection.dimension == Dimension::customer) conditions += " AND " + condition_of(selection);
  return conditions;
}

std::string CubeSql::conditions_of_lines() const {
  std::string conditions;
  for (const auto& selection : query_.selections)
    if (is_of_lines(selection.dimension)) conditions += " AND " + condition_of(selection);
  return conditions;
}

std::string CubeSql::order_rows() const {
  return fmt::format(
      "SELECT kind, at, order_id, customer, document, units, amount, toUInt8(1) AS weight, seconds, is_record"
      " FROM flow FINAL WHERE {} AND {} AND {}{}",
      seen_, kinds(), moments_, conditions_of_orders());
}

std::string CubeSql::line_rows(const Axes& axes) const {
  const auto columns = line_columns(axes);
  const auto where = fmt::format("{} AND kind IN (0, 1) AND {}{}{}", seen_, moments_, conditions_of_orders(),
                                 conditions_of_lines());
  if (const auto weight = weight_of_lines(axes, query_.selections); !weight.empty())
    return fmt::format(
        "SELECT kind, at, order_id, customer, document, units, amount, {} AS weight, toInt64(0) AS seconds, "
        "is_record{}"
        " FROM line FINAL WHERE {}",
        weight, columns, where);
  return fmt::format(
      "SELECT kind, at, order_id, customer, document, part_units AS units, part_amount AS amount, toUInt8(1) "
      "AS weight,"
      " toInt64(0) AS seconds, is_record{0} FROM (SELECT kind, at, order_id, customer, document, "
      "is_record{0},"
      " sum(units) AS part_units, sum(amount) AS part_amount FROM line FINAL WHERE {1}"
      " GROUP BY kind, at, order_id, customer, document, is_record{0})",
      columns, where);
}

/// An order that was shipped counts where its lines, as placed, do.
std::string CubeSql::passage_rows(const Axes& axes) const {
  const auto columns = line_columns(axes);
  const auto passed = fmt::format("{} AND kind IN (2, 3) AND {}{}", seen_, moments_, conditions_of_orders());
  return fmt::format(
      "SELECT kind, at, order_id, customer, document, toInt64(0) AS units, toInt64(0) AS amount, toUInt8(1) "
      "AS weight,"
      " seconds, is_record{0} FROM (SELECT kind, at, order_id, customer, document, seconds, is_record FROM "
      "flow FINAL"
      " WHERE {1}) AS passages ALL INNER JOIN (SELECT DISTINCT order_id{0} FROM line FINAL WHERE {2} AND "
      "kind = 0{3}"
      " AND order_id IN (SELECT order_id FROM flow WHERE {1})) AS lines USING order_id",
      columns, passed, seen_, conditions_of_lines());
}

std::string CubeSql::with_status(const std::string& rows, const Axes& axes, bool by_line) const {
  std::string conditions;
  for (const auto& selection : query_.selections)
    if (selection.dimension == Dimension::status)
      conditions += (conditions.empty() ? " WHERE " : " AND ") + condition_of(selection);
  const auto among = are_all_moments(query_.moments)
                         ? ""
                         : fmt::format(" AND order_id IN (SELECT order_id FROM flow WHERE {} AND {} AND {})",
                                       seen_, kinds(), moments_);
  return fmt::format(
      "SELECT {}{}, present_status FROM ({}) AS flows ALL INNER JOIN (SELECT order_id, argMax(status, "
      "version) AS present_status"
      " FROM order_event WHERE {}{} GROUP BY order_id) AS statuses USING order_id{}",
      flow_columns, by_line ? line_columns(axes) : "", rows, seen_, among, conditions);
}

std::string CubeSql::keyed_rows(const Axes& axes, bool by_line) const {
  auto rows = order_rows();
  if (by_line) {
    rows = line_rows(axes);
    if (query_.passages) rows = fmt::format("SELECT * FROM ({} UNION ALL {})", rows, passage_rows(axes));
  }
  if (uses_status(axes)) rows = with_status(rows, axes, by_line);
  std::string members;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto& axis = axes[i];
    members += fmt::format(
        "{} AS k{}, ", is_of_time(axis.dimension) ? group_of_time(axis.time) : column_of(axis.dimension), i);
  }
  return fmt::format("SELECT {}{} FROM ({})", members, flow_columns, rows);
}

std::string CubeSql::figures(const Axes& axes, bool by_line, std::string_view group_clause) const {
  const std::string_view passages =
      query_.passages
          ? "toInt64(sumIf(weight, kind = 2)) AS shipped_orders, sumIf(seconds * weight, kind = 2) AS "
            "shipping,"
            " toInt64(sumIf(weight, kind = 3)) AS delivered_orders, sumIf(seconds * weight, kind = 3) AS "
            "delivering"
          : "toInt64(0) AS shipped_orders, toInt64(0) AS shipping, toInt64(0) AS delivered_orders,"
            " toInt64(0) AS delivering";
  return fmt::format(
      "SELECT {}toInt64(sumIf(weight, kind = 0)) AS placed_orders, sumIf(units, kind = 0) AS placed_units,"
      " sumIf(amount, kind = 0) AS gross, toInt64(sumIf(weight, kind = 1 AND document = 0)) AS "
      "cancelled_orders,"
      " sumIf(units, kind = 1) AS cancelled_units, sumIf(amount, kind = 1) AS cancelled, toInt64(0) AS "
      "new_customers,"
      " toInt64(0) AS active_customers, toInt64(0) AS repeat_customers, {}, maxIf(at, kind = 0) AS last_at,"
      " count() AS flows FROM ({}){}",
      shown_keys(axes), passages, keyed_rows(axes, by_line), group_clause);
}

/// First by customer, then over customers.
std::string CubeSql::figures_of_customers(const Axes& axes, bool by_line,
                                          std::string_view group_clause) const {
  const auto inner_keys = axes.empty() ? "" : keys(axes) + ", ";
  // Those that were a customer's first when they came, until an earlier one came too.
  const auto dethroned = fmt::format(
      "SELECT tupleElement(arrayJoin(arraySlice(arraySort(groupUniqArray(tuple(at, order_id))), 2)), 2) FROM "
      "first_order"
      " WHERE {0} AND customer IN (SELECT customer FROM first_order WHERE {0} GROUP BY customer HAVING "
      "count() > 1)"
      " GROUP BY customer",
      seen_);
  const auto inner = fmt::format(
      "SELECT {0}customer, toInt64(sumIf(weight, kind = 0)) AS p_orders, sumIf(units, kind = 0) AS p_units,"
      " sumIf(amount, kind = 0) AS p_amount, toInt64(sumIf(weight, kind = 1 AND document = 0)) AS c_orders,"
      " sumIf(units, kind = 1) AS c_units, sumIf(amount, kind = 1) AS c_amount,"
      " toInt64(sumIf(weight, kind = 0 AND is_record = 1 AND order_id NOT IN ({1}))) AS firsts,"
      " toInt64(sumIf(weight, kind = 2)) AS s_orders, sumIf(seconds * weight, kind = 2) AS s_seconds,"
      " toInt64(sumIf(weight, kind = 3)) AS d_orders, sumIf(seconds * weight, kind = 3) AS d_seconds,"
      " maxIf(at, kind = 0) AS p_last, count() AS p_flows FROM ({2}) GROUP BY {0}customer",
      inner_keys, dethroned, keyed_rows(axes, by_line));
  return fmt::format(
      "SELECT {0}sum(p_orders) AS placed_orders, sum(p_units) AS placed_units, sum(p_amount) AS gross,"
      " sum(c_orders) AS cancelled_orders, sum(c_units) AS cancelled_units, sum(c_amount) AS cancelled,"
      " sum(firsts) AS new_customers, toInt64(countIf(p_orders > 0 AND customer != {1})) AS active_customers,"
      " toInt64(countIf(p_orders > 1 AND customer != {1})) AS repeat_customers,"
      " sum(s_orders) AS shipped_orders, sum(s_seconds) AS shipping, sum(d_orders) AS delivered_orders,"
      " sum(d_seconds) AS delivering, max(p_last) AS last_at, sum(p_flows) AS flows FROM ({2}){3}",
      shown_keys(axes), nobody(), inner, group_clause);
}

bool CubeSql::adds_up() const {
  return !query_.customers && !query_.only_placed &&
         !std::ranges::any_of(query_.axes, is_of_lines, &Axis::dimension);
}

bool CubeSql::is_cut() const {
  return std::ranges::all_of(query_.sort, [](const SortTerm& term) {
    const auto* metric = std::get_if<Metric>(&term.by);
    return !metric || !sort_expression(*metric).empty();
  });
}

std::string CubeSql::order_clause() const {
  std::string terms;
  for (const auto& term : query_.sort) {
    const auto* metric = std::get_if<Metric>(&term.by);
    terms += metric ? sort_expression(*metric) : fmt::format("k{}", std::get<std::size_t>(term.by));
    terms += term.descending ? " DESC, " : ", ";
  }
  return " ORDER BY " + terms + keys(query_.axes);
}

std::string CubeSql::groups() const {
  if (query_.axes.empty()) return total();
  const bool by_line = selects_lines() || std::ranges::any_of(query_.axes, is_of_lines, &Axis::dimension);
  auto clause = " GROUP BY " + keys(query_.axes);
  if (query_.only_placed) clause += " HAVING placed_orders > 0";
  // One more than may be tells that there are more.
  auto limit = max_groups + 1;
  if (is_cut()) {
    clause += order_clause();
    limit = std::min(limit, query_.limit);
  }
  clause += fmt::format(" LIMIT {}", limit);
  return query_.customers ? figures_of_customers(query_.axes, by_line, clause)
                          : figures(query_.axes, by_line, clause);
}

std::string CubeSql::total() const {
  const bool by_line = selects_lines();
  return query_.customers ? figures_of_customers({}, by_line, "") : figures({}, by_line, "");
}

}  // namespace cloudcart::analytics
