#include "adapters/sqlite/recommendation/subject_rows.h"

#include <bit>

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;
using sqlite::Statement;

/// A row has two words of bits for the places of an impression's list, so that either stays a number that SQLite
/// has no sign trouble with.
constexpr std::size_t places_of_a_word = 50;
static_assert(max_impression_products <= 2 * places_of_a_word);

std::optional<Team> optional_team(const Statement& row, int column) {
  return row.optional_integer(column).transform([](std::int64_t team) { return static_cast<Team>(team); });
}

std::optional<int> number_of(const std::optional<Team>& team) {
  return team.transform([](Team value) { return static_cast<int>(value); });
}

Bought bought_at(const Statement& row, int column) {
  return {row.integer(column), row.money(column + 1)};
}

Credit credit_at(const Statement& row, int column) {
  return {.clicks = row.integer(column),
          .bought_lines = row.integer(column + 1),
          .click_revenue = row.money(column + 2)};
}

/// The sums that both kinds have, in the first eleven columns.
VariantTally tally_at(const Statement& row) {
  return {.subjects = row.integer(0),
          .customers = row.integer(1),
          .impressions = row.integer(2),
          .clicking_subjects = row.integer(3),
          .converting_customers = row.integer(4),
          .orders = row.integer(5),
          .revenue = row.money(6),
          .revenue_squares = row.real(7),
          .credit = credit_at(row, 8)};
}

std::int64_t nonce_of(const Impression& impression) {
  return std::bit_cast<std::int64_t>(impression.nonce);
}

}  // namespace

std::optional<SubjectSums> find_subject(Connection& connection, std::int64_t experiment,
                                        const Subject& subject) {
  auto row = connection.prepare(
      "SELECT variant, first_seen_at, impressions, orders, revenue, clicks, first_clicks, second_clicks, "
      "bought_lines, click_revenue, first_bought_lines, first_click_revenue, second_bought_lines, "
      "second_click_revenue, preferred_click, preferred_buy FROM subject "
      "WHERE experiment = ? AND subject_id = ? AND is_customer = ?");
  row.bind_all(experiment, subject.id, subject.is_customer);
  if (!row.step()) return std::nullopt;
  return SubjectSums{.variant = static_cast<std::size_t>(row.integer(0)),
                     .first_seen_at = row.timestamp(1),
                     .impressions = row.integer(2),
                     .orders = row.integer(3),
                     .revenue = row.money(4),
                     .clicks = row.integer(5),
                     .first_clicks = row.integer(6),
                     .second_clicks = row.integer(7),
                     .bought = bought_at(row, 8),
                     .first_bought = bought_at(row, 10),
                     .second_bought = bought_at(row, 12),
                     .preferred_click = optional_team(row, 14),
                     .preferred_buy = optional_team(row, 15)};
}

void put_subject(Connection& connection, std::int64_t experiment, const Subject& subject,
                 const SubjectSums& sums) {
  connection
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

std::optional<ClickedProduct> find_clicked(Connection& connection, std::int64_t experiment,
                                           const Uuid& customer, const ProductId& product) {
  auto row = connection.prepare(
      "SELECT team, clicked_at FROM clicked_product "
      "WHERE experiment = ? AND subject_id = ? AND product_id = ?");
  row.bind_all(experiment, customer, product);
  if (!row.step()) return std::nullopt;
  return ClickedProduct{static_cast<Team>(row.integer(0)), row.timestamp(1)};
}

void put_clicked(Connection& connection, std::int64_t experiment, const Uuid& customer,
                 const ProductId& product, const ClickedProduct& clicked, std::int64_t most) {
  if (!find_clicked(connection, experiment, customer, product)) {
    auto count =
        connection.prepare("SELECT count(*) FROM clicked_product WHERE experiment = ? AND subject_id = ?");
    count.bind_all(experiment, customer).step();
    if (count.integer(0) >= most) return;
  }
  connection
      .prepare(
          "INSERT OR REPLACE INTO clicked_product(experiment, subject_id, product_id, team, clicked_at) "
          "VALUES(?, ?, ?, ?, ?)")
      .bind_all(experiment, customer, product, static_cast<int>(clicked.team), clicked.at)
      .run();
}

bool insert_counted(Connection& connection, std::int64_t experiment, const UserId& customer,
                    const OrderId& order, const CountedOrder& counted) {
  connection
      .prepare(
          "INSERT OR IGNORE INTO counted_order(experiment, subject_id, order_id, revenue, bought_lines, "
          "click_revenue, first_bought_lines, first_click_revenue, second_bought_lines, "
          "second_click_revenue) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind_all(experiment, customer, order, counted.revenue, counted.clicked.lines, counted.clicked.revenue,
                counted.first.lines, counted.first.revenue, counted.second.lines, counted.second.revenue)
      .run();
  return connection.changes() > 0;
}

std::optional<CountedOrder> take_counted(Connection& connection, std::int64_t experiment,
                                         const UserId& customer, const OrderId& order) {
  CountedOrder counted;
  {
    auto row = connection.prepare(
        "SELECT revenue, bought_lines, click_revenue, first_bought_lines, first_click_revenue, "
        "second_bought_lines, second_click_revenue FROM counted_order "
        "WHERE experiment = ? AND subject_id = ? AND order_id = ?");
    row.bind_all(experiment, customer, order);
    if (!row.step()) return std::nullopt;
    counted = {row.money(0), bought_at(row, 1), bought_at(row, 3), bought_at(row, 5)};
  }
  connection.prepare("DELETE FROM counted_order WHERE experiment = ? AND subject_id = ? AND order_id = ?")
      .bind_all(experiment, customer, order)
      .run();
  return counted;
}

bool insert_seen(Connection& connection, std::int64_t experiment, const Impression& impression) {
  connection.prepare("INSERT OR IGNORE INTO seen_impression(answered_at, nonce, experiment) VALUES(?, ?, ?)")
      .bind_all(impression.answered_at, nonce_of(impression), experiment)
      .run();
  return connection.changes() > 0;
}

bool mark_clicked(Connection& connection, std::int64_t experiment, const Impression& impression,
                  std::size_t place) {
  const auto bit = std::int64_t{1} << (place % places_of_a_word);
  const bool low = place < places_of_a_word;
  connection
      .prepare(low ? "UPDATE seen_impression SET clicked_low = clicked_low | ?1 WHERE answered_at = ?2 "
                     "AND nonce = ?3 AND experiment = ?4 AND clicked_low & ?1 = 0"
                   : "UPDATE seen_impression SET clicked_high = clicked_high | ?1 WHERE answered_at = ?2 "
                     "AND nonce = ?3 AND experiment = ?4 AND clicked_high & ?1 = 0")
      .bind_all(bit, impression.answered_at, nonce_of(impression), experiment)
      .run();
  return connection.changes() > 0;
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
    tallies.push_back(tally_at(row));
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
  auto tally = tally_at(row);
  const auto team = [&row](int column) {
    auto credit = credit_at(row, column);
    credit.first_clicks = row.integer(column + 3);
    credit.first_buys = row.integer(column + 4);
    return credit;
  };
  tally.first = team(11);
  tally.second = team(16);
  return tally;
}

}  // namespace cloudcart::recommendation
