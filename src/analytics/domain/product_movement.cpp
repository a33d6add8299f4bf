#include "analytics/domain/product_movement.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace cloudcart::analytics {
namespace {

CubeQuery by_net_revenue(const TimeRange& range, bool descending, std::size_t limit) {
  return {.moments = {range},
          .axes = {{Dimension::product, {}}},
          .sort = {{Metric::net_revenue, descending}},
          .limit = limit};
}

std::int64_t net_of(const CubeRow& row) {
  return row.figures.net().minor_units();
}

CubeQuery sales_of(const std::vector<ProductId>& products, const TimeRange& range) {
  CubeQuery query{.moments = {range}, .axes = {{Dimension::product, {}}}};
  query.selections.push_back({Dimension::product, {products.begin(), products.end()}});
  return query;
}

/// Net revenue of the last one listed: what is not listed lies beyond. Without more to list, that is nothing.
std::int64_t last_net(const CubeAnswer& list) {
  return list.groups > list.rows.size() ? net_of(list.rows.back()) : 0;
}

}  // namespace

TwoPeriods TwoPeriods::of(const Period& period) {
  const Period before{.dates = period.previous(), .zone = period.zone};
  return {before.range(), period.range()};
}

std::optional<Number> ProductMovement::change_in_percent() const {
  const auto before_net = before.net().minor_units();
  if (before_net <= 0) return std::nullopt;
  return Number{rounded_ratio(change().minor_units(), 10'000, before_net), 2};
}

CubeQuestions movements_questions(const TwoPeriods& periods, const std::vector<ProductId>& products) {
  return {.queries = {sales_of(products, periods.before), sales_of(products, periods.now)}};
}

std::vector<ProductMovement> movements_from(const CubeAnswers& answers) {
  std::map<ProductId, ProductMovement> movements;
  const auto add = [&movements](const CubeAnswer& answer, SalesFigures ProductMovement::* period) {
    for (const auto& row : answer.rows) {
      const auto product = std::get<ProductId>(row.members[0]);
      auto& movement = movements[product];
      movement.product = product;
      movement.name = row.names[0];
      movement.*period = row.figures;
    }
  };
  add(answers.answers[0], &ProductMovement::before);
  add(answers.answers[1], &ProductMovement::now);
  std::vector<ProductMovement> sorted;
  for (auto& [product, movement] : movements) sorted.push_back(std::move(movement));
  return sorted;
}

void sort_by_revenue(std::vector<ProductMovement>& movements) {
  std::ranges::sort(movements, [](const ProductMovement& a, const ProductMovement& b) {
    return std::tuple{b.now.net(), b.now.units(), a.product} <
           std::tuple{a.now.net(), a.now.units(), b.product};
  });
}

void keep_falling(std::vector<ProductMovement>& movements, std::size_t limit) {
  std::erase_if(movements, [](const ProductMovement& movement) { return movement.change() >= Money{}; });
  std::ranges::sort(movements, {}, [](const ProductMovement& movement) {
    return std::pair{movement.change(), movement.product};
  });
  movements.erase(movements.begin() + static_cast<std::ptrdiff_t>(std::min(limit, movements.size())),
                  movements.end());
}

CubeQuestions FallingSearch::lists() const {
  return {.queries = {by_net_revenue(periods_.before, true, depth_),
                      by_net_revenue(periods_.now, false, depth_)}};
}

std::vector<ProductId> FallingSearch::candidates(const CubeAnswers& lists) {
  const auto &sold_before = lists.answers[0], &given_back_now = lists.answers[1];
  // A product that is not listed sold at most this much before, and at least that much now; one without sales in a
  // period is on no list of it, with zero.
  const auto most_before = std::max<std::int64_t>(0, last_net(sold_before));
  const auto least_now = std::min<std::int64_t>(0, last_net(given_back_now));
  most_left_out_ = std::max(most_before - least_now, to_beat_ - 1);
  std::set<ProductId> found;
  for (const auto& row : sold_before.rows)
    if (net_of(row) - least_now >= to_beat_) found.insert(std::get<ProductId>(row.members[0]));
  for (const auto& row : given_back_now.rows)
    if (net_of(row) < 0) found.insert(std::get<ProductId>(row.members[0]));
  return {found.begin(), found.end()};
}

bool FallingSearch::is_settled(const std::vector<ProductMovement>& falling) {
  // Sales go on meanwhile, so it may be less than it was.
  to_beat_ = falling.size() < limit_ ? 1 : -falling.back().change().minor_units();
  // Of equal losses the lower id comes first, which may be one left out.
  if (most_left_out_ < to_beat_) return true;
  depth_ = std::min(max_groups, depth_ * 4);
  return false;
}

std::optional<Number> days_of_stock_left(std::int64_t available, std::int64_t units_sold, seconds elapsed) {
  constexpr std::int64_t tenths = 10;
  if (available <= 0) return Number{0, 1};
  if (units_sold <= 0) return std::nullopt;
  const auto day = seconds{std::chrono::days{1}}.count();
  return Number{rounded_ratio(available * elapsed.count(), tenths, units_sold * day), 1};
}

seconds elapsed_of(const TimeRange& range, Timestamp now) {
  const auto elapsed = std::chrono::floor<seconds>(std::min(range.end, now) - range.begin);
  return std::max<seconds>(elapsed, std::chrono::days{1});
}

}  // namespace cloudcart::analytics
