#include "adapters/sqlite/recommendation/subject_rows.h"

#include <fmt/format.h>

#include "adapters/sqlite/recommendation/experiment_rows.h"
#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation {

using sqlite::Connection;

std::optional<SubjectSums> SubjectRows::find_subject(std::int64_t experiment, const Subject& subject) {
  static const auto sql = fmt::format(
      "SELECT {} FROM subject WHERE experiment = ? AND subject_id = ? AND is_customer = ?", subject_columns);
  auto row = connection_.prepare(sql);
  row.bind_all(experiment, subject.id, subject.is_customer);
  if (!row.step()) return std::nullopt;
  return read_subject(row, 0);
}

void SubjectRows::put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums) {
  connection_
      .prepare(
          "INSERT OR REPLACE INTO subject(experiment, subject_id, is_customer, variant, first_seen_at, "
          "impressions, orders, revenue, clicks, first_clicks, second_clicks, bought_lines, click_revenue, "
          "first_bought_lines, first_click_revenue, second_bought_lines, second_click_revenue, "
          "preferred_click, preferred_buy) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(experiment, subject.id, subject.is_customer, static_cast<std::int64_t>(sums.variant),
                sums.first_seen_at, sums.impressions, sums.orders, sums.revenue, sums.clicks,
                sums.first_clicks, sums.second_clicks, sums.bought.lines, sums.bought.revenue,
                sums.first_bought.lines, sums.first_bought.revenue, sums.second_bought.lines,
                sums.second_bought.revenue, number_of(sums.preferred_click), number_of(sums.preferred_buy))
      .run();
}

void SubjectRows::count_new_subject(std::int64_t experiment) {
  add_subjects(connection_, experiment, 1);
}

std::optional<ClickedProduct> SubjectRows::find_clicked(std::int64_t experiment, const Uuid& customer,
                                                        const ProductId& product) {
  auto row = connection_.prepare(
      "SELECT team, clicked_at FROM clicked_product "
      "WHERE experiment = ? AND subject_id = ? AND product_id = ?");
  row.bind_all(experiment, customer, product);
  if (!row.step()) return std::nullopt;
  return ClickedProduct{static_cast<Team>(row.integer(0)), row.timestamp(1)};
}

std::int64_t SubjectRows::count_clicked(std::int64_t experiment, const Uuid& customer) {
  auto count =
      connection_.prepare("SELECT count(*) FROM clicked_product WHERE experiment = ? AND subject_id = ?");
  count.bind_all(experiment, customer).step();
  return count.integer(0);
}

void SubjectRows::put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                              const ClickedProduct& clicked) {
  connection_
      .prepare(
          "INSERT OR REPLACE INTO clicked_product(experiment, subject_id, product_id, team, clicked_at) "
          "VALUES(?, ?, ?, ?, ?)")
      .bind_all(experiment, customer, product, static_cast<int>(clicked.team), clicked.at)
      .run();
}

bool SubjectRows::insert_counted(std::int64_t experiment, const UserId& customer, const OrderId& order,
                                 const CountedOrder& counted) {
  connection_
      .prepare(
          "INSERT OR IGNORE INTO counted_order(experiment, subject_id, order_id, revenue, bought_lines, "
          "click_revenue, first_bought_lines, first_click_revenue, second_bought_lines, "
          "second_click_revenue) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(experiment, customer, order, counted.revenue, counted.clicked.lines, counted.clicked.revenue,
                counted.first.lines, counted.first.revenue, counted.second.lines, counted.second.revenue)
      .run();
  return connection_.changes() > 0;
}

std::optional<CountedOrder> SubjectRows::take_counted(std::int64_t experiment, const UserId& customer,
                                                      const OrderId& order) {
  CountedOrder counted;
  {
    auto row = connection_.prepare(
        "SELECT revenue, bought_lines, click_revenue, first_bought_lines, first_click_revenue, "
        "second_bought_lines, second_click_revenue FROM counted_order "
        "WHERE experiment = ? AND subject_id = ? AND order_id = ?");
    row.bind_all(experiment, customer, order);
    if (!row.step()) return std::nullopt;
    counted = read_counted(row, 0);
  }
  connection_.prepare("DELETE FROM counted_order WHERE experiment = ? AND subject_id = ? AND order_id = ?")
      .bind_all(experiment, customer, order)
      .run();
  return counted;
}

bool SubjectRows::insert_seen(std::int64_t experiment, const Impression& impression) {
  connection_.prepare("INSERT OR IGNORE INTO seen_impression(answered_at, nonce, experiment) VALUES(?, ?, ?)")
      .bind_all(impression.answered_at, nonce_of(impression), experiment)
      .run();
  return connection_.changes() > 0;
}

bool SubjectRows::mark_clicked(std::int64_t experiment, const Impression& impression, std::size_t place) {
  const PlaceBit at(place);
  connection_
      .prepare(at.is_low
                   ? "UPDATE seen_impression SET clicked_low = clicked_low | ?1 WHERE answered_at = ?2 "
                     "AND nonce = ?3 AND experiment = ?4 AND clicked_low & ?1 = 0"
                   : "UPDATE seen_impression SET clicked_high = clicked_high | ?1 WHERE answered_at = ?2 "
                     "AND nonce = ?3 AND experiment = ?4 AND clicked_high & ?1 = 0")
      .bind_all(at.bit, impression.answered_at, nonce_of(impression), experiment)
      .run();
  return connection_.changes() > 0;
}

std::int64_t delete_seen_before(Connection& connection, Timestamp answered_before) {
  connection.prepare("DELETE FROM seen_impression WHERE answered_at < ?").bind(answered_before).run();
  return connection.changes();
}

bool delete_customer(Connection& connection, std::int64_t experiment, const UserId& customer) {
  for (const auto* sql : {"DELETE FROM clicked_product WHERE experiment = ? AND subject_id = ?",
                          "DELETE FROM counted_order WHERE experiment = ? AND subject_id = ?"})
    connection.prepare(sql).bind_all(experiment, customer).run();
  connection.prepare("DELETE FROM subject WHERE experiment = ? AND subject_id = ? AND is_customer = 1")
      .bind_all(experiment, customer)
      .run();
  return connection.changes() > 0;
}

std::vector<VariantTally> tally_variants(Connection& connection, std::int64_t experiment,
                                         std::size_t variants) {
  std::vector<VariantTally> tallies;
  // A pass for each: grouping by variant would sort all subjects first, which takes longer.
  auto row = connection.prepare(
      "SELECT count(*), sum(is_customer), sum(impressions), sum(clicks > 0), sum(orders > 0), sum(orders), "
      "sum(revenue), total(1.0 * revenue * revenue), sum(clicks), sum(bought_lines), sum(click_revenue) "
      "FROM subject WHERE experiment = ? AND variant = ?");
  for (std::size_t variant = 0; variant < variants; ++variant) {
    row.reset();
    row.bind_all(experiment, static_cast<std::int64_t>(variant)).step();
    tallies.push_back(read_tally(row, 0));
  }
  return tallies;
}

VariantTally tally_teams(Connection& connection, std::int64_t experiment) {
  auto row = connection.prepare(
      "SELECT count(*), sum(is_customer), sum(impressions), sum(clicks > 0), sum(orders > 0), sum(orders), "
      "sum(revenue), total(1.0 * revenue * revenue), sum(clicks), sum(bought_lines), sum(click_revenue), "
      "sum(first_clicks), sum(first_bought_lines), sum(first_click_revenue), sum(preferred_click = 0), "
      "sum(preferred_buy = 0), sum(second_clicks), sum(second_bought_lines), sum(second_click_revenue), "
      "sum(preferred_click = 1), sum(preferred_buy = 1) FROM subject WHERE experiment = ?");
  row.bind(experiment).step();
  return read_teams_tally(row, 0);
}

}  // namespace cloudcart::recommendation
