#include "recommendation/domain/quality.h"

#include <algorithm>
#include <cmath>

#include "core/words.h"
#include "recommendation/domain/ranking_gain.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::array<std::string_view, all_quality_tasks.size()> words{"next", "basket"};
/// Of the standard normal distribution.
constexpr double quantile_975 = 1.959964;

struct Found {
  bool hit = false;
  double gain = 0;
};

/// How well a list that is best first foretells what was right.
template <class IdOf, class List>
Found found_in(const List& list, IdOf id_of, std::span<const ProductId> right) {
  Found found;
  std::size_t rank = 0;
  for (const auto& entry : list) {
    if (rank == quality_cut) break;
    if (std::ranges::find(right, id_of(entry)) != right.end()) {
      found.hit = true;
      found.gain += discount(rank);
    }
    ++rank;
  }
  found.gain /= ideal_gain(right.size(), quality_cut);
  return found;
}

QualityTally tally_of(Found model, Found baseline) {
  return {.cases = 1,
          .hits = model.hit,
          .gain = model.gain,
          .baseline_hits = baseline.hit,
          .baseline_gain = baseline.gain,
          .discordant = model.hit != baseline.hit};
}

QualityTally judge(const Model& model, Question question, std::span<const ProductId> best_sellers,
                   std::span<const ProductId> right) {
  question.limit = quality_cut;
  const auto answer = model.recommend(question);
  std::vector<ProductId> plain;
  for (const auto& product : best_sellers) {
    if (plain.size() == quality_cut) break;
    if (std::ranges::find(question.products, product) == question.products.end()) plain.push_back(product);
  }
  return tally_of(found_in(
                      answer.products, [](const Recommendation& each) { return each.product; }, right),
                  found_in(plain, [](const ProductId& id) { return id; }, right));
}

std::vector<ProductId> products_of(const events::OrderEvent& order) {
  std::vector<ProductId> products;
  for (const auto& line : order.lines) products.push_back(line.product_id);
  std::ranges::sort(products);
  const auto repeated = std::ranges::unique(products);
  products.erase(repeated.begin(), repeated.end());
  return products;
}

}  // namespace

std::string_view to_string(QualityTask task) {
  return word_of(words, task);
}

std::optional<QualityTask> parse_quality_task(std::string_view word) {
  return parse_word<QualityTask>(words, word);
}

void QualityTally::add(const QualityTally& other) {
  cases += other.cases;
  hits += other.hits;
  gain += other.gain;
  baseline_hits += other.baseline_hits;
  baseline_gain += other.baseline_gain;
  discordant += other.discordant;
}

QualityLift lift_of(const QualityTally& tally) {
  const auto n = static_cast<double>(tally.cases);
  const double mean = static_cast<double>(tally.hits - tally.baseline_hits) / n;
  // Of each case the difference is 0, or 1 to either side, so that its square is 1 where the two disagree.
  const double variance = std::max(0.0, static_cast<double>(tally.discordant) / n - mean * mean);
  const double reach = quantile_975 * std::sqrt(variance / n);
  return {.difference = mean, .low = std::max(-1.0, mean - reach), .high = std::min(1.0, mean + reach)};
}

std::vector<Examined> examine(const Model& model, std::span<const ProductId> best_sellers,
                              const events::OrderEvent& order) {
  auto products = products_of(order);
  std::vector<Examined> cases;
  if (products.empty()) return cases;
  if (!order.user_id.value.is_nil())
    cases.push_back({QualityTask::next, judge(model, {.task = TaskKind::next_order, .user = order.user_id},
                                              best_sellers, products)});
  if (products.size() < 2) return cases;
  const auto at = order.order_id.value.bytes.back() % products.size();
  const std::array hidden{products[at]};
  products.erase(products.begin() + static_cast<std::ptrdiff_t>(at));
  cases.push_back(
      {QualityTask::basket,
       judge(model, {.task = TaskKind::basket, .products = std::move(products)}, best_sellers, hidden)});
  return cases;
}

}  // namespace cloudcart::recommendation
