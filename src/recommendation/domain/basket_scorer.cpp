#include "recommendation/domain/basket_scorer.h"

#include <cmath>

namespace cloudcart::recommendation {
namespace {

constexpr std::size_t similar_orders = 100;
constexpr double similar_half_life_days = 365;
/// Of a similar order only so many products vote.
constexpr std::size_t voting_products = 256;
/// What the similar orders' votes count against the regression's when candidates are chosen.
constexpr float similar_share = 0.5F;

constexpr auto at_orders_ease = static_cast<std::size_t>(BasketMember::orders_ease);
constexpr auto at_customers_ease = static_cast<std::size_t>(BasketMember::customers_ease);
constexpr auto at_similar = static_cast<std::size_t>(BasketMember::similar_orders);
constexpr auto at_together = static_cast<std::size_t>(BasketMember::together);

using Board = ScoreBoard<4>;

/// Sums over orders, of which there are too many for an array: a small open-addressing table that is emptied by
/// what was put in.
class OrderSums {
 public:
  OrderSums() : keys_(size, none), sums_(size) {}
  void clear() {
    for (const auto slot : used_) keys_[slot] = none;
    used_.clear();
  }
  void add(std::uint32_t order, float value) {
    if (used_.size() == size / 2) return;
    std::size_t slot = (order * 0x9E3779B9U) >> (32 - bits);
    while (keys_[slot] != none && keys_[slot] != order) slot = (slot + 1) % size;
    if (keys_[slot] == none) {
      keys_[slot] = order;
      sums_[slot] = 0;
      used_.push_back(static_cast<std::uint32_t>(slot));
    }
    sums_[slot] += value;
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto slot : used_) visit(keys_[slot], sums_[slot]);
  }

 private:
  static constexpr unsigned bits = 16;
  static constexpr std::size_t size = std::size_t{1} << bits;
  static constexpr std::uint32_t none = OrderBook::none;
  std::vector<std::uint32_t> keys_;
  std::vector<float> sums_;
  std::vector<std::uint32_t> used_;
};

void add_rows(const LocalEase& ease, std::uint32_t product, std::size_t member, Board& board) {
  ease.rows().for_each(product, [&](std::uint32_t other, float weight) { board[other][member] += weight; });
}

/// The votes of the orders most like the basket: sim(order) = sum of ln(orders / orders with the product) over the
/// products they share, by the order's size^-1/2 and its age; each votes by sim^4 for what it holds.
void add_similar_orders(const View& view, std::span<const std::uint32_t> basket, Board& board) {
  thread_local OrderSums shared;
  thread_local std::vector<Scored> nearest;
  shared.clear();
  nearest.clear();
  const auto all = static_cast<float>(view.sales.orders()) + 1;
  for (const auto product : basket) {
    const auto rarity = std::log(all / (static_cast<float>(view.sales.orders_with(product)) + 1));
    view.recent.for_each(product, [&](std::uint32_t order) { shared.add(order, rarity); });
  }
  shared.for_each([&](std::uint32_t index, float sum) {
    const auto& order = view.book.order(index);
    const auto age = static_cast<float>(view.days_since(order.time));
    const auto weight = std::exp2(-age / static_cast<float>(similar_half_life_days)) /
                        std::sqrt(static_cast<float>(order.line_count));
    nearest.push_back({index, sum * weight});
  });
  if (nearest.size() > similar_orders) {
    // Of orders that are as much alike the newest: however they came, the same ones vote.
    const auto nearer = [&](const Scored& a, const Scored& b) {
      return a.score != b.score ? a.score > b.score : view.book.comes_before(b.product, a.product);
    };
    std::ranges::nth_element(nearest, nearest.begin() + similar_orders, nearer);
    nearest.resize(similar_orders);
  }
  float total = 0;
  for (auto& [order, similarity] : nearest) {
    similarity = std::pow(similarity, 4.0F);
    total += similarity;
  }
  if (total <= 0) return;
  for (const auto& [index, vote] : nearest) {
    const auto lines = view.book.lines(view.book.order(index));
    for (const auto& line : lines.first(std::min(lines.size(), voting_products)))
      board[line.product][at_similar] += vote / total;
  }
}

/// Shares of pairs, for whatever has no regression yet: the rows as they are.
void add_together(const View& view, std::span<const std::uint32_t> basket, Board& board) {
  for (const auto product : basket) {
    const auto paired = view.pairs.paired(product);
    if (paired <= 0) continue;
    view.pairs.rows().for_each(product, [&](std::uint32_t other, float together) {
      board[other][at_together] += together / paired;
    });
  }
}

template <std::size_t members>
void finish(const View& view, std::vector<BasketCandidate<members>>& candidates) {
  std::array<float, members> largest{};
  largest.fill(1e-12F);
  for (const auto& candidate : candidates)
    for (std::size_t m = 0; m < members; ++m) largest[m] = std::max(largest[m], candidate.member[m]);
  for (auto& candidate : candidates) {
    for (std::size_t m = 0; m < members; ++m) candidate.member[m] /= largest[m];
    candidate.log_availability = view.log_availability(candidate.product);
    candidate.log_popularity = view.log_popularity(candidate.product);
  }
}

}  // namespace

bool have_regressions(const View& view, std::span<const std::uint32_t> products) {
  return view.insight &&
         std::ranges::all_of(products, [&](std::uint32_t product) { return view.insight->knows(product); });
}

void find_basket_candidates(const View& view, std::span<const std::uint32_t> basket,
                            const BlendWeights<4>& weights, std::size_t most,
                            std::vector<BasketCandidate<4>>& candidates) {
  thread_local Board board;
  thread_local std::vector<Scored> chosen;
  candidates.clear();
  chosen.clear();
  board.reset(view.sales.room());
  for (const auto product : basket) {
    if (!view.insight || !view.insight->knows(product)) continue;
    add_rows(view.insight->orders_ease, product, at_orders_ease, board);
    add_rows(view.insight->customers_ease, product, at_customers_ease, board);
  }
  add_similar_orders(view, basket, board);
  if (weights.member[at_together] > 0) add_together(view, basket, board);
  const bool all_known = have_regressions(view, basket);

  float best_ease = 1e-12F, best_similar = 1e-12F, best_together = 1e-12F;
  for (const auto& sums : board.sums()) {
    best_ease = std::max(best_ease, sums[at_orders_ease]);
    best_similar = std::max(best_similar, sums[at_similar]);
    best_together = std::max(best_together, sums[at_together]);
  }
  for (std::size_t i = 0; i < board.touched().size(); ++i) {
    const auto& sums = board.sums()[i];
    const auto first_look = sums[at_orders_ease] / best_ease +
                            similar_share * sums[at_similar] / best_similar +
                            (all_known ? 0.0F : sums[at_together] / best_together);
    if (std::ranges::find(basket, board.touched()[i]) == basket.end())
      chosen.push_back({board.touched()[i], first_look});
  }
  keep_best(chosen, most);
  for (const auto& [product, look] : chosen) candidates.push_back({product, board[product], 0, 0});
  finish(view, candidates);
}

void find_nearest(const View& view, std::uint32_t product, std::size_t count, std::vector<Scored>& nearest) {
  nearest.clear();
  float least = 0;
  view.pairs.rows().for_each(product, [&](std::uint32_t other, float together) {
    if (together < least) return;
    nearest.push_back({other, together});
    // Cutting back now and then makes selection linear, and soon most of a long row is turned away above.
    if (nearest.size() < 4 * count) return;
    keep_best(nearest, count);
    least = std::ranges::min(nearest, {}, &Scored::score).score;
  });
  keep_best(nearest, count);
}

void describe_page_candidates(const View& view, std::uint32_t product, std::span<const Scored> nearest,
                              std::vector<BasketCandidate<3>>& candidates) {
  candidates.clear();
  const auto paired = std::max(view.pairs.paired(product), 1e-12F);
  const auto* insight = view.insight && view.insight->knows(product) ? view.insight : nullptr;
  for (const auto& [other, together] : nearest) {
    const auto by_customers = insight ? insight->customers_together.at(product, other) : 0.0F;
    const auto by_ease = insight ? std::max(0.0F, insight->orders_ease.rows().at(product, other)) : 0.0F;
    candidates.push_back({other, {together / paired, by_customers, by_ease}, 0, 0});
  }
  finish(view, candidates);
}

}  // namespace cloudcart::recommendation
