#pragma once

#include <bit>
#include <optional>
#include <string_view>

#include "recommendation/domain/impression.h"
#include "recommendation/domain/subject_sums.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// How what is kept of subjects is rows; as experiment_columns.h.

constexpr std::string_view subject_columns =
    "variant, first_seen_at, impressions, orders, revenue, clicks, first_clicks, second_clicks, "
    "bought_lines, "
    "click_revenue, first_bought_lines, first_click_revenue, second_bought_lines, second_click_revenue, "
    "preferred_click, preferred_buy";
constexpr std::string_view counted_order_columns =
    "revenue, bought_lines, click_revenue, first_bought_lines, first_click_revenue, second_bought_lines, "
    "second_click_revenue";

inline std::optional<int> number_of(const std::optional<Team>& team) {
  return team.transform([](Team value) { return static_cast<int>(value); });
}

/// An impression's nonce as a signed number.
inline std::int64_t nonce_of(const Impression& impression) {
  return std::bit_cast<std::int64_t>(impression.nonce);
}

/// A row has two words of bits for the places of an impression's list, so that either stays a number that no
/// database has sign trouble with.
struct PlaceBit {
  static constexpr std::size_t places_of_a_word = 50;
  static_assert(max_impression_products <= 2 * places_of_a_word);

  explicit PlaceBit(std::size_t place)
      : is_low(place < places_of_a_word), bit(std::int64_t{1} << (place % places_of_a_word)) {}
  bool is_low;
  std::int64_t bit;
};

/// How it stands in an experiment's list of what a customer takes part in.
inline Participation participation_of(const Experiment& experiment, SubjectSums sums) {
  const auto& plan = experiment.plan;
  Participation part{.experiment = experiment.id, .name = plan.name, .variant = {}, .sums = {}};
  if (plan.kind == ExperimentKind::ab) part.variant = plan.variants.at(sums.variant).name;
  part.sums = std::move(sums);
  return part;
}

template <class Row>
Bought read_bought(const Row& row, int first) {
  return {row.integer(first), row.money(first + 1)};
}

/// The first of subject_columns is `first`.
template <class Row>
SubjectSums read_subject(const Row& row, int first) {
  const auto team = [&](int column) {
    return row.optional_integer(first + column).transform([](std::int64_t t) {
      return static_cast<Team>(t);
    });
  };
  return {.variant = static_cast<std::size_t>(row.integer(first)),
          .first_seen_at = row.timestamp(first + 1),
          .impressions = row.integer(first + 2),
          .orders = row.integer(first + 3),
          .revenue = row.money(first + 4),
          .clicks = row.integer(first + 5),
          .first_clicks = row.integer(first + 6),
          .second_clicks = row.integer(first + 7),
          .bought = read_bought(row, first + 8),
          .first_bought = read_bought(row, first + 10),
          .second_bought = read_bought(row, first + 12),
          .preferred_click = team(14),
          .preferred_buy = team(15)};
}

/// The first of counted_order_columns is `first`.
template <class Row>
CountedOrder read_counted(const Row& row, int first) {
  return {row.money(first), read_bought(row, first + 1), read_bought(row, first + 3),
          read_bought(row, first + 5)};
}

template <class Row>
Credit read_credit(const Row& row, int first) {
  return {.clicks = row.integer(first),
          .bought_lines = row.integer(first + 1),
          .click_revenue = row.money(first + 2)};
}

/// The sums that both kinds of experiments have, in eleven columns: subjects, customers, impressions, clicking subjects,
/// converting customers, orders, revenue, its squares, and what clicks brought.
template <class Row>
VariantTally read_tally(const Row& row, int first) {
  return {.subjects = row.integer(first),
          .customers = row.integer(first + 1),
          .impressions = row.integer(first + 2),
          .clicking_subjects = row.integer(first + 3),
          .converting_customers = row.integer(first + 4),
          .orders = row.integer(first + 5),
          .revenue = row.money(first + 6),
          .revenue_squares = row.real(first + 7),
          .credit = read_credit(row, first + 8)};
}

/// Those, and for each team what clicks brought, then first clicks and first buys.
template <class Row>
VariantTally read_teams_tally(const Row& row, int first) {
  const auto team = [&](int column) {
    auto credit = read_credit(row, first + column);
    credit.first_clicks = row.integer(first + column + 3);
    credit.first_buys = row.integer(first + column + 4);
    return credit;
  };
  auto tally = read_tally(row, first);
  tally.first = team(11);
  tally.second = team(16);
  return tally;
}

}  // namespace cloudcart::recommendation
