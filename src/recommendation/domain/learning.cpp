#include "recommendation/domain/learning.h"

#include <algorithm>

#include "core/random.h"
#include "recommendation/domain/coordinate_ascent.h"
#include "recommendation/domain/customer_scorer.h"
#include "recommendation/domain/facts.h"
#include "recommendation/domain/ranking_gain.h"
#include "recommendation/domain/softmax_fit.h"

namespace cloudcart::recommendation {
namespace {

/// Parts of the history's length that are held back.
constexpr double basket_part = 0.15;
constexpr std::array next_parts{0.1, 0.2, 0.3};
constexpr std::size_t hidden_per_order = 4;
constexpr std::size_t trending_products = 100;
constexpr std::size_t cold_pool = 1000;

/// What was before a moment, with the members made of it, and the orders that came after, by time.
struct HeldBack {
  HeldBack(const OrderBook& book, const std::vector<std::uint32_t>& by_time, double part, InsightParts parts,
           PairWeighting weighting, const Crew& crew)
      : source(book), facts(past(book, by_time, part, future), epochs, weighting, crew) {
    insight =
        make_insight(facts, epochs, facts.book.products().size(), facts.book.users().size(), parts, crew);
  }

  View view() const { return facts.view(insight.get()); }
  /// The products of an order of the source that were known then.
  std::vector<std::uint32_t> known_products(std::uint32_t order) const {
    std::vector<std::uint32_t> answer;
    for (const auto& line : source.lines(source.order(order)))
      if (const auto product = facts.book.products().find(source.products()[line.product]))
        answer.push_back(*product);
    return answer;
  }
  /// The first order after the moment of each customer.
  std::vector<std::uint32_t> first_orders() const {
    std::vector<bool> seen(source.users().size());
    std::vector<std::uint32_t> answer;
    for (const auto order : future) {
      const auto user = source.order(order).user;
      if (!seen[user]) answer.push_back(order);
      seen[user] = true;
    }
    return answer;
  }

  const OrderBook& source;
  std::vector<std::uint32_t> future;
  Epochs epochs;
  Facts facts;
  std::unique_ptr<Insight> insight;

 private:
  static OrderBook past(const OrderBook& book, const std::vector<std::uint32_t>& by_time, double part,
                        std::vector<std::uint32_t>& future) {
    const auto first = book.order(by_time.front()).time, last = book.order(by_time.back()).time;
    const auto cut = last - std::chrono::duration_cast<milliseconds>((last - first) * part);
    OrderBook past;
    for (const auto order : by_time) {
      if (book.order(order).time < cut)
        past.adopt(book, order);
      else
        future.push_back(order);
    }
    return past;
  }
};

template <std::size_t members>
void note_right(BlendQuestion<members>& question, std::span<const std::uint32_t> right) {
  question.rights = right.size();
  for (std::uint32_t i = 0; i < question.candidates.size(); ++i)
    if (std::ranges::find(right, question.candidates[i].product) != right.end()) question.right.push_back(i);
}

/// Of each held-back order some products are hidden in turn, to be told from the rest; and told the rest from one.
void ask_baskets(const HeldBack& held, const LearningOptions& options, std::vector<BlendQuestion<4>>& baskets,
                 std::vector<BlendQuestion<3>>& pages) {
  const auto view = held.view();
  std::vector<Scored> nearest;
  const auto wanted = options.most_questions / hidden_per_order + 1;
  const auto stride = std::max<std::size_t>(1, held.future.size() / wanted);
  for (std::size_t i = 0; i < held.future.size(); i += stride) {
    auto products = held.known_products(held.future[i]);
    if (products.size() < 2) continue;
    Random random(1, i);
    for (std::size_t hidden = 0; hidden < std::min(hidden_per_order, products.size()); ++hidden) {
      std::swap(products[hidden], products[hidden + random.below(products.size() - hidden)]);
      const auto one = products[hidden];
      std::vector<std::uint32_t> rest;
      for (const auto product : products)
        if (product != one) rest.push_back(product);
      auto& basket = baskets.emplace_back();
      constexpr BlendWeights<4> all{.member = {1, 1, 1, 1}};
      find_basket_candidates(view, rest, all, blend_candidates, basket.candidates);
      note_right(basket, std::span{&one, 1});
      auto& page = pages.emplace_back();
      find_nearest(view, one, blend_candidates, nearest);
      describe_page_candidates(view, one, nearest, page.candidates);
      note_right(page, rest);
    }
  }
}

std::vector<std::uint32_t> best_sold_lately(const View& view, std::size_t count) {
  std::vector<Scored> all;
  for (std::uint32_t product = 0; product < view.book.products().size(); ++product)
    all.push_back({product, static_cast<float>(view.sold_fortnight(product))});
  keep_best(all, count);
  std::ranges::sort(all, comes_first);
  std::vector<std::uint32_t> answer;
  for (const auto& [product, score] : all) answer.push_back(product);
  return answer;
}

constexpr std::array new_grid{0.0F, 0.25F, 0.5F, 0.75F, 1.0F};

/// Gains by place in new_grid.
using NewGains = std::vector<std::array<double, new_grid.size()>>;

struct NextQuestions {
  RankingSamples<next_features> next;
  RankingSamples<cold_features> cold;
  NewGains new_to_customer;
};

void ask_known_customer(const View& view, const CustomerProfile& profile,
                        std::span<const std::uint32_t> right, std::span<const std::uint32_t> trending,
                        NextQuestions& questions) {
  std::vector<NextCandidate> candidates;
  find_next_candidates(view, profile, trending, candidates);
  const auto is_right = [&](std::uint32_t product) {
    return std::ranges::find(right, product) != right.end();
  };
  for (const auto& candidate : candidates)
    questions.next.add(candidate.features, is_right(candidate.product));
  questions.next.close();

  std::size_t rights = 0;
  for (const auto product : right) rights += !profile.has(product);
  if (rights == 0) return;
  std::vector<NewCandidate> fresh;
  find_new_candidates(view, profile, fresh);
  auto& gains = questions.new_to_customer.emplace_back();
  for (std::size_t g = 0; g < new_grid.size(); ++g) {
    constexpr std::size_t cut = 20;
    std::vector<Scored> ranked;
    for (const auto& candidate : fresh) ranked.push_back({candidate.product, candidate.score(new_grid[g])});
    keep_best(ranked, cut);
    std::ranges::sort(ranked, comes_first);
    double gain = 0;
    for (std::size_t rank = 0; rank < ranked.size(); ++rank)
      if (is_right(ranked[rank].product)) gain += discount(rank);
    gains[g] = gain / ideal_gain(rights, cut);
  }
}

void ask_next_orders(const HeldBack& held, std::size_t most, NextQuestions& questions) {
  const auto view = held.view();
  const auto orders = held.first_orders();
  const auto pool = best_sold_lately(view, cold_pool);
  const auto trending = std::span{pool}.first(std::min(pool.size(), trending_products));
  const auto stride = std::max<std::size_t>(1, orders.size() / std::max<std::size_t>(1, most));
  CustomerProfile profile;
  for (std::size_t i = 0; i < orders.size(); i += stride) {
    const auto right = held.known_products(orders[i]);
    if (right.empty()) continue;
    const auto user = held.facts.book.users().find(held.source.users()[held.source.order(orders[i]).user]);
    if (user) {
      profile.read(view, *user);
      ask_known_customer(view, profile, right, trending, questions);
      continue;
    }
    for (const auto product : pool)
      questions.cold.add(cold_features_of(view, product), std::ranges::find(right, product) != right.end());
    questions.cold.close();
  }
}

/// The default, unless another exponent is better by more than chance.
float choose_availability(const NewGains& gains, float fallback) {
  const auto place_of_default =
      static_cast<std::size_t>(std::ranges::find(new_grid, fallback) - new_grid.begin());
  auto best = fallback;
  double best_mean = 0;
  for (std::size_t g = 0; g < new_grid.size(); ++g) {
    const auto [mean, error] = paired_difference(
        gains.size(), [&](std::size_t q) { return gains[q][g] - gains[q][place_of_default]; });
    if (mean > error && mean > best_mean) {
      best = new_grid[g];
      best_mean = mean;
    }
  }
  return best;
}

std::uint32_t count_of(std::size_t questions) {
  return static_cast<std::uint32_t>(questions);
}

}  // namespace

Lessons learn_lessons(const OrderBook& book, const LearningOptions& options, const Crew& crew,
                      PairWeighting weighting) {
  Lessons lessons;
  std::vector<std::uint32_t> by_time;
  for (std::uint32_t i = 0; i < book.order_count(); ++i)
    if (book.order(i).state == OrderBook::State::bought) by_time.push_back(i);
  if (by_time.size() < options.fewest_questions) return lessons;
  std::ranges::sort(by_time, [&](auto a, auto b) { return book.comes_before(a, b); });

  std::vector<BlendQuestion<4>> baskets;
  std::vector<BlendQuestion<3>> pages;
  ask_baskets(HeldBack(book, by_time, basket_part, {.profiles = false}, weighting, crew), options, baskets,
              pages);
  if (baskets.size() >= options.fewest_questions) {
    constexpr std::array basket_starts{BlendWeights<4>{.member = {1, 0, 0, 0}},
                                       BlendWeights<4>{.member = {1, 0.75, 0.5, 0}},
                                       BlendWeights<4>{.member = {1, 0.5, 0.5, 0.5}}};
    lessons.basket = ascend<4>(basket_starts, static_cast<std::size_t>(BasketMember::orders_ease), baskets,
                               {.cut = 100, .certainty = 2});
    lessons.basket_questions = count_of(baskets.size());
    constexpr std::array page_starts{
        BlendWeights<3>{.member = {1, 0, 0}}, BlendWeights<3>{.member = {1, 0.3F, 0}},
        BlendWeights<3>{.member = {1, 0.2F, 0}, .availability = 0.1F, .popularity = 0.1F}};
    lessons.page = ascend<3>(page_starts, static_cast<std::size_t>(PageMember::together), pages,
                             {.cut = 20, .certainty = 2});
    lessons.page_questions = count_of(pages.size());
  }

  NextQuestions next;
  for (const auto part : next_parts)
    ask_next_orders(HeldBack(book, by_time, part, {.baskets = false}, weighting, crew),
                    options.most_questions / next_parts.size(), next);
  if (next.next.questions() >= options.fewest_questions) {
    lessons.next = fit_softmax(next.next);
    lessons.next_questions = count_of(next.next.questions());
  }
  if (next.cold.questions() >= options.fewest_questions) {
    lessons.cold = fit_softmax(next.cold);
    lessons.cold_questions = count_of(next.cold.questions());
  }
  if (next.new_to_customer.size() >= options.fewest_questions) {
    lessons.new_availability = choose_availability(next.new_to_customer, lessons.new_availability);
    lessons.new_questions = count_of(next.new_to_customer.size());
  }
  return lessons;
}

}  // namespace cloudcart::recommendation
