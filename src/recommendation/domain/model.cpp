#include "recommendation/domain/model.h"

#include <algorithm>
#include <cmath>

namespace cloudcart::recommendation {
namespace {

constexpr double history_half_life_days = 60;

double history_weight(Timestamp newest, Timestamp bought) {
  const std::chrono::duration<double, std::chrono::days::period> age = newest - bought;
  return std::exp2(-age.count() / history_half_life_days);
}

}  // namespace

Model::Model(ModelOptions options) : options_(options), pairs_(options.basket_products) {}

Model::Model(OrderBook book, ModelOptions options)
    : options_(options), book_(std::move(book)), sales_(book_), pairs_(book_, options.basket_products) {}

void Model::apply(const events::OrderEvent& event) {
  const std::scoped_lock one_at_a_time(writer_);
  const auto change = record(event);
  // A product's own orders are counted before its pairs and taken back after them, so that no similarity that
  // is read meanwhile is above 1.
  switch (change.effect) {
    case OrderBook::Effect::none:
      break;
    case OrderBook::Effect::purchase:
      count_sales(change);
      count_pairs(change.order, +1);
      break;
    case OrderBook::Effect::cancellation:
      count_pairs(change.order, -1);
      count_sales(change);
      break;
    case OrderBook::Effect::credit:
      count_sales(change);
      break;
  }
}

OrderBook::Change Model::record(const events::OrderEvent& event) {
  const std::unique_lock lock(access_);
  const auto change = book_.record(event);
  sales_.make_room(book_.products().size());
  pairs_.make_room(book_.products().size());
  return change;
}

void Model::count_sales(OrderBook::Change change) {
  const std::unique_lock lock(access_);
  sales_.apply(book_, change);
}

void Model::count_pairs(std::uint32_t order, int sign) {
  const auto basket = pairs_.basket(book_, book_.order(order));
  for (const auto& line : basket) {
    const std::unique_lock lock(access_);
    pairs_.count_row(line.product, basket, sign);
  }
}

std::vector<ScoredProduct> Model::similar(ProductId product, std::size_t limit) const {
  const std::shared_lock lock(access_);
  const auto index = book_.products().find(product);
  if (!index) return {};
  return ranked(neighbours(*index, limit), limit);
}

std::vector<ScoredProduct> Model::for_user(UserId user, std::size_t limit) const {
  const std::shared_lock lock(access_);
  const auto index = book_.users().find(user);
  if (!index) return {};
  IndexMap<double> scores;
  for (const auto& [product, weight] : interests(*index)) {
    scores.add(product, weight);
    for (const auto& neighbour : neighbours(product, options_.neighbours))
      scores.add(neighbour.product, weight * neighbour.score);
  }
  std::vector<Candidate> candidates;
  scores.for_each([&](std::uint32_t product, double score) { candidates.push_back({score, product}); });
  return ranked(std::move(candidates), limit);
}

std::vector<PopularProduct> Model::popular(std::size_t limit) const {
  const std::shared_lock lock(access_);
  std::vector<PopularProduct> answer;
  for (const auto& [sold, product] : sales_.popular().best(limit)) answer.push_back({product, sold});
  return answer;
}

std::vector<ScoredProduct> Model::trending(std::size_t limit) const {
  const std::shared_lock lock(access_);
  std::vector<ScoredProduct> answer;
  for (const auto& [score, product] : sales_.trending().best(limit))
    answer.push_back({product, Sales::trend_at(book_.newest(), score)});
  return answer;
}

Recommendations Model::recommend(const Question& question) const {
  const auto wanted = question.limit + question.exclude.size() + question.products.size();
  Recommendations answer;
  const auto take = [&](const std::vector<ScoredProduct>& scored, Reason reason) {
    const auto is_in = [](const std::vector<ProductId>& list, ProductId id) {
      return std::ranges::find(list, id) != list.end();
    };
    for (const auto& [product, score] : scored)
      if (answer.products.size() < question.limit && !is_in(question.exclude, product) &&
          !is_in(question.products, product))
        answer.products.push_back({product, score, reason});
  };
  answer.algorithm = question.algorithm;
  if (question.user) take(for_user(*question.user, wanted), {ReasonKind::goes_with_purchases, {}});
  for (const auto& product : question.products)
    if (answer.products.empty()) take(similar(product, wanted), {ReasonKind::bought_together, product});
  if (answer.products.empty()) {
    take(trending(wanted), {ReasonKind::trending, {}});
    answer.algorithm = Algorithm::trending;
  }
  return answer;
}

ModelSize Model::size() const {
  const std::shared_lock lock(access_);
  return {.products = sales_.products(),
          .users = book_.users_with_orders(),
          .orders = sales_.orders(),
          .order_lines = sales_.order_lines(),
          .bytes = book_.bytes() + sales_.bytes() + pairs_.bytes()};
}

std::vector<Model::Candidate> Model::neighbours(std::uint32_t product, std::size_t limit) const {
  const double own = sales_.orders_with(product);
  std::vector<Candidate> candidates;
  double least = 0;  // what a candidate needs to come among the best of those seen so far
  pairs_.row(product).for_each([&](std::uint32_t other, std::int32_t together) {
    const double similarity = together / std::sqrt(own * sales_.orders_with(other));
    if (similarity < least) return;
    candidates.push_back({similarity, other});
    // Cutting back at twice the limit makes selection linear, and soon most of a long row is turned away
    // above.
    if (candidates.size() == 2 * limit) {
      keep_best(candidates, limit);
      least = candidates.back().score;
    }
  });
  keep_best(candidates, limit);
  return candidates;
}

/// What a customer bought, most recent first, with the weight of its purchases.
std::vector<Model::Interest> Model::interests(std::uint32_t user) const {
  std::vector<Interest> answer;
  IndexMap<std::uint32_t> places;  // in answer, from 1
  const auto history = book_.orders_of(user);
  if (history.empty()) return answer;
  const auto newest = book_.order(history.back()).time;
  const auto looked_at = history.last(std::min(history.size(), options_.history_orders));
  for (auto index = looked_at.rbegin(); index != looked_at.rend(); ++index) {
    const auto& order = book_.order(*index);
    const auto weight = history_weight(newest, order.time);
    for (const auto& line : book_.lines(order)) {
      const auto place = places.at(line.product);
      if (place == 0 && answer.size() == options_.history_products) return answer;
      if (place == 0) {
        answer.push_back({line.product, weight});
        places.add(line.product, static_cast<std::uint32_t>(answer.size()));
      } else {
        answer[place - 1].weight += weight;
      }
    }
  }
  return answer;
}

/// Afterwards the last one is the worst of those kept.
void Model::keep_best(std::vector<Candidate>& candidates, std::size_t limit) const {
  if (candidates.size() <= limit) return;
  const auto worst = candidates.begin() + static_cast<std::ptrdiff_t>(limit) - 1;
  std::nth_element(candidates.begin(), worst, candidates.end(),
                   [this](const auto& a, const auto& b) { return is_better(a, b); });
  candidates.erase(worst + 1, candidates.end());
}

std::vector<ScoredProduct> Model::ranked(std::vector<Candidate> candidates, std::size_t limit) const {
  keep_best(candidates, limit);
  std::ranges::sort(candidates, [this](const auto& a, const auto& b) { return is_better(a, b); });
  std::vector<ScoredProduct> answer;
  answer.reserve(candidates.size());
  for (const auto& [score, product] : candidates) answer.push_back({book_.products()[product], score});
  return answer;
}

bool Model::is_better(const Candidate& a, const Candidate& b) const {
  if (a.score != b.score) return a.score > b.score;
  return book_.products()[a.product] < book_.products()[b.product];
}

}  // namespace cloudcart::recommendation
