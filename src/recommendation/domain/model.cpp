#include "recommendation/domain/model.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "recommendation/domain/basket_scorer.h"
#include "recommendation/domain/customer_scorer.h"
#include "recommendation/neural/training.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::size_t most_told_products = 10'000;
constexpr std::size_t ranked_products = 1000;     ///< of a ranking that is kept
constexpr std::size_t trending_candidates = 100;  ///< among those for a customer's next order
constexpr std::size_t profile_basket = 20;        ///< a customer's newest products, taken as a basket
constexpr std::size_t reasons_looked_at = 32;     ///< of a basket or a profile, for why a product fits
constexpr std::size_t long_row = 1'024;           ///< slots of a row whose selection is worth keeping
constexpr std::size_t neural_profile = 100;       ///< likewise, for the autoencoder
constexpr float neural_half_life_days = 90;
constexpr std::size_t copied_at_once = 5'000;  ///< orders, while learning waits

bool is_in(std::span<const std::uint32_t> list, std::uint32_t product) {
  return std::ranges::find(list, product) != list.end();
}

std::vector<std::uint32_t> known(const IdIndex<ProductId>& index, std::span<const ProductId> ids) {
  std::vector<std::uint32_t> answer;
  for (const auto& id : ids)
    if (const auto product = index.find(id); product && !is_in(answer, *product)) answer.push_back(*product);
  return answer;
}

/// Best first; equal scores in order of product id.
struct BestFirst {
  const IdIndex<ProductId>& ids;
  bool operator()(const Scored& a, const Scored& b) const {
    return a.score != b.score ? a.score > b.score : ids[a.product] < ids[b.product];
  }
};

template <class Item, class Before>
void keep_first(std::vector<Item>& items, std::size_t count, Before before) {
  count = std::min(count, items.size());
  std::partial_sort(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count), items.end(), before);
  items.resize(count);
}

/// Of candidates of a blend those that somebody speaks for.
template <std::size_t members>
void take_scores(std::span<const BasketCandidate<members>> candidates, const BlendWeights<members>& weights,
                 std::vector<Scored>& scored) {
  for (const auto& candidate : candidates)
    if (const auto score = candidate.score(weights); score > 0) scored.push_back({candidate.product, score});
}

/// Logarithms of chances become chances over the best one's; far behind they are nothing, but never zero.
void make_chances(std::span<Scored> scored) {
  float best = -INFINITY;
  for (const auto& [product, score] : scored) best = std::max(best, score);
  for (auto& [product, score] : scored) score = std::exp(std::max(score - best, -80.0F));
}

}  // namespace

/// A question in the model's own numbers, with what it takes to answer it.
struct Model::Asked {
  /// `of_customer` is scratch space, for the profile of who is asked about.
  Asked(const Question& of, View as_seen, CustomerProfile& of_customer)
      : question(of),
        view(as_seen),
        products(known(view.book.products(), of.products)),
        exclude(known(view.book.products(), of.exclude)),
        profile(of_customer) {
    const auto user = of.user ? view.book.users().find(*of.user) : std::nullopt;
    if (user)
      of_customer.read(view, *user);
    else
      of_customer.clear();
  }
  bool is_wanted(std::uint32_t product) const {
    // Sums of what was cancelled may leave a trace of rounding, and the insight tells of the past.
    if (view.sales.orders_with(product) == 0) return false;
    if (is_in(products, product) || is_in(exclude, product)) return false;
    return question.task != TaskKind::new_to_customer || !profile.has(product);
  }

  /// Candidates among which there are `limit` wanted ones, if there are so many at all.
  std::size_t candidates() const {
    return std::max(blend_candidates,
                    question.limit + products.size() + exclude.size() + profile.items().size());
  }

  const Question& question;
  View view;
  std::vector<std::uint32_t> products, exclude;
  const CustomerProfile& profile;
};

Model::Model(ModelOptions options) : Model(OrderBook{}, options) {}

Model::Model(OrderBook book, ModelOptions options, const Crew& crew)
    : options_(options), facts_(std::move(book), epochs_, options.pairs, crew) {
  long_rows_.resize(facts_.sales.room());
}

Model::~Model() {
  delete insight_.load();
  delete trending_.load();
  delete popular_.load();
  for (std::size_t product = 0; product < long_rows_.size(); ++product) delete long_rows_[product];
}

void Model::apply(const events::OrderEvent& event) {
  const std::scoped_lock one_at_a_time(writer_);
  long_rows_.resize(facts_.book.products().size() + event.lines.size());
  facts_.apply(event);
  generation_.fetch_add(1, std::memory_order_release);
}

void Model::forget(UserId customer) {
  const std::scoped_lock nobody_learns(writer_);
  facts_.book.forget(customer);
  generation_.fetch_add(1, std::memory_order_release);
}

std::vector<ProductId> Model::bought_by(UserId customer) const {
  const auto guard = epochs_.enter();
  std::vector<ProductId> products;
  const auto user = facts_.book.users().find(customer);
  if (!user) return products;
  facts_.book.for_each_order_of(*user, [&](const OrderBook::Order& order, std::uint32_t) {
    for (const auto& line : facts_.book.lines(order)) {
      const auto product = facts_.book.products()[line.product];
      if (std::ranges::find(products, product) == products.end()) products.push_back(product);
    }
    return products.size() < most_told_products;
  });
  return products;
}

Recommendations Model::recommend(const Question& question) const {
  const auto guard = epochs_.enter();
  thread_local CustomerProfile profile;
  const Asked asked(question, facts_.view(insight_.load(std::memory_order_acquire)), profile);
  Recommendations answer{.products = {}, .algorithm = question.algorithm};
  std::vector<Scored> scored;
  const bool has_answer =
      answers(question.algorithm, question.task) && question.algorithm != Algorithm::trending;
  if (question.algorithm == Algorithm::popular) {
    answer_popular(asked, scored);
  } else if (has_answer && question.algorithm == Algorithm::neural) {
    answer_neural(asked, scored);
  } else if (has_answer) {
    switch (question.task) {
      case TaskKind::basket:
        answer_basket(asked, scored);
        break;
      case TaskKind::product_page:
        answer_page(asked, scored);
        break;
      case TaskKind::next_order:
      case TaskKind::new_to_customer:
        answer_customer(asked, scored);
        break;
      case TaskKind::first_order:
        answer_newcomer(asked, scored);
        break;
    }
  }
  answer.products = finish(asked, scored);
  if (!answer.products.empty()) return answer;
  answer.algorithm = Algorithm::trending;
  scored = trending(asked.view, question.limit + asked.exclude.size() + asked.products.size() +
                                    asked.profile.items().size());
  answer.products = finish(asked, scored);
  for (auto& product : answer.products) product.reason = {.kind = ReasonKind::trending, .because = {}};
  return answer;
}

void Model::answer_basket(const Asked& asked, std::vector<Scored>& scored) const {
  thread_local std::vector<BasketCandidate<4>> candidates;
  const auto products = asked_or_bought(asked, profile_basket);
  if (products.empty()) return;
  auto weights = asked.view.lessons().basket;
  auto& together = weights.member[static_cast<std::size_t>(BasketMember::together)];
  if (!have_regressions(asked.view, products)) together = std::max(together, 1.0F);
  if (asked.question.algorithm == Algorithm::co_purchase) weights = {.member = {0, 0, 0, 1}};
  if (asked.question.algorithm == Algorithm::local_ease) weights = {.member = {1, 0, 0, 0}};
  find_basket_candidates(asked.view, products, weights, asked.candidates(), candidates);
  take_scores<4>(candidates, weights, scored);
}

void Model::answer_page(const Asked& asked, std::vector<Scored>& scored) const {
  thread_local std::vector<BasketCandidate<3>> candidates;
  if (asked.products.empty()) return;
  auto weights = asked.view.lessons().page;
  if (asked.question.algorithm == Algorithm::co_purchase) weights = {.member = {1, 0, 0}};
  if (asked.question.algorithm == Algorithm::local_ease) weights = {.member = {0, 0, 1}};
  thread_local std::vector<Scored> nearest;
  nearest_by_pairs(asked.view, asked.products.front(), asked.candidates(), nearest);
  describe_page_candidates(asked.view, asked.products.front(), nearest, candidates);
  take_scores<3>(candidates, weights, scored);
}

void Model::answer_customer(const Asked& asked, std::vector<Scored>& scored) const {
  if (asked.profile.items().empty()) return;
  switch (asked.question.algorithm) {
    case Algorithm::co_purchase:
    case Algorithm::local_ease:
      return answer_basket(asked, scored);
    case Algorithm::discovery:
      return answer_new(asked, scored);
    case Algorithm::personal_frequency:
      for (const auto& item : asked.profile.items()) {
        // How often, and of what is bought as often, what sells now.
        const auto sold = asked.view.sold_fortnight(item.product);
        scored.push_back({item.product, item.times + static_cast<float>(sold / (sold + 1000))});
      }
      return;
    default:
      if (asked.question.task == TaskKind::new_to_customer) return answer_new(asked, scored);
      return answer_next(asked, scored);
  }
}

void Model::answer_next(const Asked& asked, std::vector<Scored>& scored) const {
  thread_local std::vector<NextCandidate> candidates;
  std::vector<std::uint32_t> in_trend;
  for (const auto& product : trending(asked.view, trending_candidates)) in_trend.push_back(product.product);
  find_next_candidates(asked.view, asked.profile, in_trend, candidates);
  const auto& weights = asked.view.lessons().next;
  for (const auto& candidate : candidates) scored.push_back({candidate.product, candidate.score(weights)});
  keep_best(scored, asked.question.limit + asked.exclude.size() + asked.products.size());
  make_chances(scored);
}

void Model::answer_new(const Asked& asked, std::vector<Scored>& scored) const {
  thread_local std::vector<NewCandidate> candidates;
  find_new_candidates(asked.view, asked.profile, candidates);
  const auto exponent = asked.view.lessons().new_availability;
  for (const auto& candidate : candidates) scored.push_back({candidate.product, candidate.score(exponent)});
  keep_best(scored, std::max(ranked_products, asked.question.limit + asked.exclude.size()));
  for (auto& [product, score] : scored) score = std::exp(score);
}

/// Every product that the autoencoder knows, by chances over the best one's.
void Model::answer_neural(const Asked& asked, std::vector<Scored>& scored) const {
  const auto* insight = asked.view.insight;
  const auto products = asked_or_bought(asked, neural_profile);
  if (!insight || !insight->neural || products.empty()) return;
  thread_local std::vector<float> scores;
  scores.resize(insight->neural->products());
  insight->neural->score(products, scores);
  for (std::uint32_t product = 0; product < scores.size(); ++product)
    if (asked.is_wanted(product)) scored.push_back({product, scores[product]});
  keep_best(scored, asked.question.limit);
  make_chances(scored);
}

/// The products that are asked about; of a customer those bought last.
std::vector<std::uint32_t> Model::asked_or_bought(const Asked& asked, std::size_t most) const {
  auto products = asked.products;
  if (products.empty())
    for (const auto& item : asked.profile.items().first(std::min(asked.profile.items().size(), most)))
      products.push_back(item.product);
  return products;
}

void Model::answer_newcomer(const Asked& asked, std::vector<Scored>& scored) const {
  if (asked.question.algorithm != Algorithm::blend) return;
  scored = trending(asked.view, std::max(ranked_products, asked.question.limit + asked.exclude.size()));
  const auto& weights = asked.view.lessons().cold;
  for (auto& [product, score] : scored) score = weighted_sum(weights, cold_features_of(asked.view, product));
  make_chances(scored);
}

void Model::answer_popular(const Asked& asked, std::vector<Scored>& scored) const {
  for (std::uint32_t product = 0; product < asked.view.sales.room(); ++product)
    if (const auto orders = asked.view.sales.orders_with(product); orders > 0)
      scored.push_back({product, static_cast<float>(orders)});
}

void Model::nearest_by_pairs(const View& view, std::uint32_t product, std::size_t count,
                             std::vector<Scored>& nearest) const {
  if (view.pairs.rows().width(product) < long_row || count > blend_candidates)
    return find_nearest(view, product, count, nearest);
  // Before the row is read, so that what comes meanwhile makes the result old.
  const auto paired = view.pairs.paired(product);
  auto& slot = long_rows_[product];
  if (const auto* kept = load_shared(slot, std::memory_order_acquire); kept && kept->paired == paired) {
    nearest.assign(kept->nearest.begin(), kept->nearest.end());
    return;
  }
  find_nearest(view, product, count, nearest);
  const auto* made = new LongRow{paired, nearest};
  epochs_.retire(std::atomic_ref(slot).exchange(made, std::memory_order_acq_rel));
}

/// What `make(count)` gives, the first `limit` of it. All products are gone through for it, so it is kept while no
/// more than `passed_over` events have come since.
template <class Item, class Make>
std::vector<Item> Model::ranking(RankingSlot<Item>& slot, std::size_t limit, std::uint64_t passed_over,
                                 Make make) const {
  const auto first_of = [](std::span<const Item> all, std::size_t count) {
    const auto some = all.first(std::min(all.size(), count));
    return std::vector<Item>(some.begin(), some.end());
  };
  const auto* kept = slot.load(std::memory_order_acquire);
  const auto generation = generation_.load(std::memory_order_acquire);
  const auto news = kept ? generation - kept->generation : 0;
  if (kept && news <= passed_over && limit <= ranked_products) return first_of(kept->first, limit);
  auto made = std::make_unique<Ranking<Item>>(generation, make(std::max(limit, ranked_products)));
  auto answer = first_of(made->first, limit);
  epochs_.retire(slot.exchange(made.release(), std::memory_order_acq_rel));
  return answer;
}

/// By orders of the last weeks, best first.
std::vector<Scored> Model::trending(const View& view, std::size_t limit) const {
  // A ten-thousandth part of news is waited for, which a small shop does not notice.
  return ranking(trending_, limit, view.sales.orders() / 10'000, [&](std::size_t count) {
    std::vector<Scored> products;
    for (std::uint32_t product = 0; product < view.sales.room(); ++product)
      if (const auto sold = view.sold_fortnight(product); sold > 0)
        products.push_back({product, static_cast<float>(sold)});
    keep_first(products, count, BestFirst{view.book.products()});
    return products;
  });
}

std::vector<Recommendation> Model::finish(const Asked& asked, std::vector<Scored>& scored) const {
  std::erase_if(scored, [&](const Scored& s) { return !asked.is_wanted(s.product); });
  const auto& ids = asked.view.book.products();
  keep_first(scored, asked.question.limit, BestFirst{ids});
  std::vector<Recommendation> answer;
  answer.reserve(scored.size());
  for (const auto& [product, score] : scored)
    answer.push_back({ids[product], score, reason_for(asked, product)});
  return answer;
}

Reason Model::reason_for(const Asked& asked, std::uint32_t product) const {
  const auto& view = asked.view;
  if (asked.question.algorithm == Algorithm::popular) return {.kind = ReasonKind::popular, .because = {}};
  if (asked.profile.has(product)) return {.kind = ReasonKind::bought_before, .because = {}};
  const bool of_customer = asked.products.empty();
  std::optional<std::uint32_t> because;
  float most = 0;
  const auto look_at = [&](std::uint32_t other) {
    const auto paired = view.pairs.paired(other);
    const auto share = paired > 0 ? view.pairs.rows().at(other, product) / paired : 0;
    if (share <= most) return;
    most = share;
    because = other;
  };
  if (of_customer) {
    const auto items = asked.profile.items();
    for (const auto& item : items.first(std::min(items.size(), reasons_looked_at))) look_at(item.product);
  } else {
    for (const auto other : asked.products) look_at(other);
  }
  if (!because) return {.kind = ReasonKind::trending, .because = {}};
  return {.kind = of_customer ? ReasonKind::goes_with_purchases : ReasonKind::bought_together,
          .because = view.book.products()[*because]};
}

std::vector<PopularProduct> Model::popular(std::size_t limit) const {
  const auto guard = epochs_.enter();
  return ranking(popular_, limit, 0, [&](std::size_t count) {
    std::vector<PopularProduct> products;
    for (std::uint32_t product = 0; product < facts_.sales.room(); ++product)
      if (const auto sold = facts_.sales.popularity(product); sold.units > 0)
        products.push_back({facts_.book.products()[product], sold});
    keep_first(products, count, [](const PopularProduct& a, const PopularProduct& b) {
      return a.sold != b.sold ? a.sold > b.sold : a.product < b.product;
    });
    return products;
  });
}

ModelSize Model::size() const {
  const auto guard = epochs_.enter();
  const auto* insight = insight_.load(std::memory_order_acquire);
  return {.products = facts_.sales.products(),
          .users = facts_.book.users_with_orders(),
          .orders = facts_.sales.orders(),
          .order_lines = facts_.sales.order_lines(),
          .bytes = facts_.bytes() + (insight ? insight->bytes() : 0)};
}

void Model::write_book(std::string& out) {
  const std::scoped_lock nobody_learns(writer_);
  facts_.book.write(out);
}

Lessons Model::lessons() const {
  const auto guard = epochs_.enter();
  const auto* insight = insight_.load(std::memory_order_acquire);
  return insight ? insight->lessons : Lessons{};
}

void Model::refresh(Refresh what, const Crew& crew) {
  std::size_t products, users;
  {
    const std::scoped_lock nobody_learns(writer_);
    products = facts_.book.products().size();
    users = facts_.book.users().size();
  }
  auto lessons = this->lessons();
  auto neural = this->neural();
  if (what == Refresh::regressions_and_weights) {
    const auto newest = newest_orders(options_.most_learnt_orders);
    lessons = learn_lessons(newest, options_.learning, crew, options_.pairs);
    if (options_.neural) neural = train_neural(newest);
  }
  auto insight = make_insight(facts_, epochs_, products, users, {}, crew);
  insight->lessons = lessons;
  insight->neural = std::move(neural);
  exchange(std::move(insight));
}

std::shared_ptr<const neural::Autoencoder> Model::neural() const {
  const auto guard = epochs_.enter();
  const auto* insight = insight_.load(std::memory_order_acquire);
  return insight ? insight->neural : nullptr;
}

/// On baskets that weigh half as much per 90 days of age. Products have the model's numbers, not the copy's.
std::shared_ptr<const neural::Autoencoder> Model::train_neural(const OrderBook& newest) const {
  std::vector<std::uint32_t> numbers, offsets{0}, items;
  std::vector<float> weights;
  for (std::uint32_t i = 0; i < newest.products().size(); ++i)
    numbers.push_back(*facts_.book.products().find(newest.products()[i]));
  for (std::uint32_t i = 0; i < newest.order_count(); ++i) {
    const auto& order = newest.order(i);
    for (const auto& line : newest.lines(order)) items.push_back(numbers[line.product]);
    offsets.push_back(static_cast<std::uint32_t>(items.size()));
    const std::chrono::duration<float, std::chrono::days::period> age = newest.newest() - order.time;
    weights.push_back(std::exp2(-age.count() / neural_half_life_days));
  }
  const auto products = items.empty() ? 0 : *std::ranges::max_element(items) + std::size_t{1};
  auto trained = neural::train({.offsets = offsets, .items = items, .weights = weights}, products, {},
                               [] { return false; });
  if (!trained) return nullptr;
  return std::make_shared<const neural::Autoencoder>(std::move(trained->autoencoder));
}

void Model::adopt(const Lessons& lessons) {
  auto insight = std::make_unique<Insight>(epochs_, 0);
  insight->lessons = lessons;
  exchange(std::move(insight));
}

void Model::exchange(std::unique_ptr<const Insight> insight) {
  epochs_.retire(insight_.exchange(insight.release(), std::memory_order_acq_rel));
  epochs_.collect();
}

/// A copy, made a few thousand orders at a time, so that learning never waits long.
OrderBook Model::newest_orders(std::size_t most) {
  OrderBook copy;
  std::size_t next = 0;
  for (bool first = true, more = true; more; first = false) {
    const std::scoped_lock nobody_learns(writer_);
    const auto count = facts_.book.order_count();
    if (first && count > most) next = count - most;
    const auto end = std::min(next + copied_at_once, count);
    for (; next < end; ++next)
      if (const auto order = static_cast<std::uint32_t>(next);
          facts_.book.order(order).state == OrderBook::State::bought)
        copy.adopt(facts_.book, order);
    more = next < count;
  }
  return copy;
}

}  // namespace cloudcart::recommendation
