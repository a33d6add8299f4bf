#include "adapters/postgres/recommendation/subject_rows.h"

#include <fmt/format.h>

#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation::tables {
namespace {

using postgres::Query;
using postgres::query;

constexpr std::string_view sums_of_tally =
    "count(*), count(*) FILTER (WHERE is_customer), coalesce(sum(impressions), 0)::bigint,"
    " count(*) FILTER (WHERE clicks > 0), count(*) FILTER (WHERE orders > 0), coalesce(sum(orders), "
    "0)::bigint,"
    " coalesce(sum(revenue), 0)::bigint, coalesce(sum(revenue::double precision * revenue), 0),"
    " coalesce(sum(clicks), 0)::bigint, coalesce(sum(bought_lines), 0)::bigint,"
    " coalesce(sum(click_revenue), 0)::bigint";

/// What clicks brought to a team; its number stands in preferred_….
std::string sums_of_team(std::string_view name, Team team) {
  return fmt::format(
      "coalesce(sum({0}_clicks), 0)::bigint, coalesce(sum({0}_bought_lines), 0)::bigint,"
      " coalesce(sum({0}_click_revenue), 0)::bigint, count(*) FILTER (WHERE preferred_click = {1}),"
      " count(*) FILTER (WHERE preferred_buy = {1})",
      name, static_cast<int>(team));
}

}  // namespace

Query put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums) {
  static const auto sql = fmt::format(
      "INSERT INTO subject(experiment, subject_id, is_customer, {0}) VALUES($1, $2, $3, $4, $5, $6, $7, $8,"
      " $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (experiment, subject_id, "
      "is_customer)"
      " DO UPDATE SET ({0}) = ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
      subject_columns);
  return query(sql, experiment, subject.id, subject.is_customer, sums.variant, sums.first_seen_at,
               sums.impressions, sums.orders, sums.revenue, sums.clicks, sums.first_clicks,
               sums.second_clicks, sums.bought.lines, sums.bought.revenue, sums.first_bought.lines,
               sums.first_bought.revenue, sums.second_bought.lines, sums.second_bought.revenue,
               number_of(sums.preferred_click), number_of(sums.preferred_buy));
}

Query put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                  const ClickedProduct& clicked) {
  return query(
      "INSERT INTO clicked_product(experiment, subject_id, product_id, team, clicked_at)"
      " VALUES($1, $2, $3, $4, $5) ON CONFLICT (experiment, subject_id, product_id)"
      " DO UPDATE SET (team, clicked_at) = ($4, $5)",
      experiment, customer, product, static_cast<int>(clicked.team), clicked.at);
}

Query insert_counted(std::int64_t experiment, const Uuid& customer, const OrderId& order,
                     const CountedOrder& counted) {
  static const auto sql = fmt::format(
      "INSERT INTO counted_order(experiment, subject_id, order_id, {}) VALUES($1, $2, $3, $4, $5, $6, $7, $8,"
      " $9, $10)",
      counted_order_columns);
  return query(sql, experiment, customer, order, counted.revenue, counted.clicked.lines,
               counted.clicked.revenue, counted.first.lines, counted.first.revenue, counted.second.lines,
               counted.second.revenue);
}

Query delete_counted(std::int64_t experiment, const Uuid& customer, const OrderId& order) {
  return query("DELETE FROM counted_order WHERE experiment = $1 AND subject_id = $2 AND order_id = $3",
               experiment, customer, order);
}

Query put_seen(std::int64_t experiment, Timestamp answered_at, std::int64_t nonce,
               const ClickedPlaces& clicked) {
  return query(
      "INSERT INTO seen_impression(answered_at, nonce, experiment, clicked_low, clicked_high)"
      " VALUES($1, $2, $3, $4, $5) ON CONFLICT (answered_at, nonce, experiment)"
      " DO UPDATE SET (clicked_low, clicked_high) = ($4, $5)",
      answered_at, nonce, experiment, clicked.low, clicked.high);
}

Query select_customer(std::int64_t experiment, const UserId& customer) {
  static const auto sql = fmt::format(
      "SELECT {} FROM subject WHERE experiment = $1 AND subject_id = $2 AND is_customer", subject_columns);
  return query(sql, experiment, customer);
}

std::vector<Query> delete_customer(const std::vector<std::int64_t>& experiments, const UserId& customer) {
  std::vector<Query> queries;
  for (const auto* sql :
       {"DELETE FROM clicked_product WHERE experiment = ANY($1) AND subject_id = $2",
        "DELETE FROM counted_order WHERE experiment = ANY($1) AND subject_id = $2",
        "WITH gone AS (DELETE FROM subject WHERE experiment = ANY($1) AND subject_id = $2"
        " AND is_customer RETURNING experiment)"
        " UPDATE experiment SET subjects = subjects - 1 FROM gone WHERE number = gone.experiment"})
    queries.push_back(query(sql, experiments, customer));
  return queries;
}

Query tally_variants(std::int64_t experiment) {
  static const auto sql =
      fmt::format("SELECT variant, {} FROM subject WHERE experiment = $1 GROUP BY variant", sums_of_tally);
  return query(sql, experiment);
}

Query tally_teams(std::int64_t experiment) {
  static const auto sql =
      fmt::format("SELECT {}, {}, {} FROM subject WHERE experiment = $1", sums_of_tally,
                  sums_of_team("first", Team::first), sums_of_team("second", Team::second));
  return query(sql, experiment);
}

}  // namespace cloudcart::recommendation::tables
