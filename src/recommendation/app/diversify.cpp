#include "recommendation/app/diversify.h"

#include <algorithm>
#include <span>

namespace cloudcart::recommendation {
namespace {

double likeness(const RecommendedProduct& a, const RecommendedProduct& b) {
  const bool same_category = !a.product.category.empty() && a.product.category == b.product.category;
  const bool same_cause = a.reason.because && a.reason.because == b.reason.because;
  return (same_category ? 0.5 : 0.0) + (same_cause ? 0.5 : 0.0);
}

struct Entry {
  double relevance;
  double likeness = 0;  ///< to all that are chosen, added up
  bool chosen = false;
};

std::vector<Entry> entries_of(std::span<const RecommendedProduct> products) {
  const auto [least, best] = std::ranges::minmax(products, {}, &RecommendedProduct::score);
  const double range = best.score - least.score;
  std::vector<Entry> entries;
  entries.reserve(products.size());
  for (const auto& product : products)
    entries.push_back({.relevance = range > 0 ? (product.score - least.score) / range : 1});
  return entries;
}

}  // namespace

std::vector<RecommendedProduct> diversified(std::vector<RecommendedProduct> products, std::size_t limit,
                                            double diversity) {
  if (diversity <= 0 || products.size() < 2) {
    if (products.size() > limit) products.resize(limit);
    return products;
  }
  auto entries = entries_of(products);
  std::vector<RecommendedProduct> answer;
  while (answer.size() < std::min(limit, products.size())) {
    const auto count = std::max(1.0, static_cast<double>(answer.size()));
    const auto worth = [&](const Entry& entry) {
      return (1 - diversity) * entry.relevance - diversity * entry.likeness / count;
    };
    Entry* next = nullptr;
    for (auto& entry : entries)
      if (!entry.chosen && (!next || worth(entry) > worth(*next))) next = &entry;
    next->chosen = true;
    const auto& chosen = products[static_cast<std::size_t>(next - entries.data())];
    answer.push_back(chosen);
    for (std::size_t i = 0; i < products.size(); ++i) entries[i].likeness += likeness(products[i], chosen);
  }
  return answer;
}

}  // namespace cloudcart::recommendation
