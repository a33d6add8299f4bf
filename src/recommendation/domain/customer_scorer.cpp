#include "recommendation/domain/customer_scorer.h"

#include <cmath>

namespace cloudcart::recommendation {
namespace {

constexpr double profile_half_life_days = 60;
constexpr std::size_t new_candidates = 300;
/// Without a regression a product that goes with everything tells little of a customer, and takes long to tell it.
constexpr std::size_t longest_row = 2'048;
constexpr float choice_availability = 0.75F;

float log_of(double value) {
  return fast_log(static_cast<float>(value));
}

/// What the customer's products add to others': [plain, faded].
using ProfileBoard = ScoreBoard<2>;

/// By the customers' ridge regression; before the first one, and for products that came since, by shares of pairs.
void add_profile(const View& view, const CustomerProfile& profile, ProfileBoard& board) {
  board.reset(view.sales.room());
  for (const auto& item : profile.items()) {
    const auto add = [&](std::uint32_t other, float weight) {
      auto& sums = board[other];
      sums[0] += weight;
      sums[1] += weight * item.faded;
    };
    if (view.insight && view.insight->knows(item.product)) {
      view.insight->profile_ease.rows().for_each(item.product, add);
    } else if (const auto paired = view.pairs.paired(item.product);
               paired > 0 && view.pairs.rows().width(item.product) <= longest_row) {
      view.pairs.rows().for_each(item.product,
                                 [&](std::uint32_t other, float together) { add(other, together / paired); });
    }
  }
}

float log_profile(float sum) {
  return log_of(std::max(sum, 0.0F) + 0.02);
}

struct Features {
  std::array<float, next_features>& values;
  float& operator[](OwnFeature f) { return values[static_cast<std::size_t>(f)]; }
  float& operator[](NewFeature f) { return values[own_features + static_cast<std::size_t>(f)]; }
};

/// What both kinds of candidates have in common.
template <class Feature>
void describe(const View& view, std::uint32_t product, const ProfileBoard::Sums& sums,
              NextCandidate& candidate) {
  Features features{candidate.features};
  features[Feature::profile] = log_profile(sums[0]);
  features[Feature::faded_profile] = log_profile(sums[1]);
  features[Feature::sold_week] = log_of(view.sales.faded(product, Window::week) * view.week + 0.1);
  features[Feature::sold_fortnight] = log_of(view.sold_fortnight(product) + 0.1);
  features[Feature::sold_two_months] =
      log_of(view.sales.faded(product, Window::two_months) * view.two_months + 1);
  features[Feature::sold] = log_of(view.sales.orders_with(product) + 10.0);
}

NextCandidate own_candidate(const View& view, const CustomerProfile& profile,
                            const CustomerProfile::Item& item, const ProfileBoard::Sums& sums) {
  NextCandidate candidate{item.product, true};
  describe<OwnFeature>(view, item.product, sums, candidate);
  Features features{candidate.features};
  features[OwnFeature::constant] = 1;
  features[OwnFeature::buyers] = log_of(view.sales.buyers(item.product) + 5.0);
  features[OwnFeature::breadth] = log_of(static_cast<double>(profile.items().size()));
  features[OwnFeature::times] = log_of(item.times);
  features[OwnFeature::faded_times] = log_of(item.faded + 0.1);
  features[OwnFeature::orders] = log_of(static_cast<double>(profile.orders()));
  features[OwnFeature::times_by_orders] = features[OwnFeature::times] * features[OwnFeature::orders];
  return candidate;
}

NextCandidate new_candidate(const View& view, const CustomerProfile& profile, std::uint32_t product,
                            const ProfileBoard::Sums& sums) {
  NextCandidate candidate{product, false};
  describe<NewFeature>(view, product, sums, candidate);
  Features features{candidate.features};
  features[NewFeature::sold_by_breadth] =
      features[NewFeature::sold] * log_of(static_cast<double>(profile.items().size()));
  return candidate;
}

}  // namespace

void CustomerProfile::clear() {
  items_.clear();
  places_.reset(0);
  orders_ = 0;
}

void CustomerProfile::read(const View& view, std::uint32_t user) {
  items_.clear();
  places_.reset(view.sales.room());
  orders_ = 0;
  view.book.for_each_order_of(user, [&](const OrderBook::Order& order, std::uint32_t) {
    if (++orders_ > most_orders) return false;
    const auto faded = static_cast<float>(std::exp2(-view.days_since(order.time) / profile_half_life_days));
    for (const auto& line : view.book.lines(order)) {
      const bool known = places_.has(line.product);
      if (!known && items_.size() == most_products) continue;
      auto& place = places_[line.product][0];
      if (!known) {
        place = static_cast<float>(items_.size());
        items_.push_back({line.product, 0, 0});
      }
      auto& item = items_[static_cast<std::size_t>(place)];
      item.times += 1;
      item.faded += faded;
    }
    return true;
  });
}

void find_next_candidates(const View& view, const CustomerProfile& profile,
                          std::span<const std::uint32_t> trending, std::vector<NextCandidate>& candidates) {
  thread_local ProfileBoard board;
  thread_local std::vector<Scored> chosen;
  candidates.clear();
  chosen.clear();
  add_profile(view, profile, board);
  for (const auto& item : profile.items())
    candidates.push_back(own_candidate(view, profile, item,
                                       board.has(item.product) ? board[item.product] : ProfileBoard::Sums{}));
  for (std::size_t i = 0; i < board.touched().size(); ++i) {
    const auto product = board.touched()[i];
    const auto sum = board.sums()[i][0];
    if (sum <= 0 || profile.has(product)) continue;
    chosen.push_back({product, fast_log(sum) + choice_availability * view.log_availability(product)});
  }
  keep_best(chosen, new_candidates);
  const auto by_profile = chosen.size();
  for (const auto product : trending)
    if (!profile.has(product)) chosen.push_back({product, 0});
  std::sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(by_profile),
            [](const auto& a, const auto& b) { return a.product < b.product; });
  const auto is_chosen = [&](std::uint32_t product) {
    return std::binary_search(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(by_profile),
                              Scored{product, 0},
                              [](const auto& a, const auto& b) { return a.product < b.product; });
  };
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto product = chosen[i].product;
    if (i >= by_profile && is_chosen(product)) continue;
    candidates.push_back(
        new_candidate(view, profile, product, board.has(product) ? board[product] : ProfileBoard::Sums{}));
  }
}

void find_new_candidates(const View& view, const CustomerProfile& profile,
                         std::vector<NewCandidate>& candidates) {
  thread_local ProfileBoard board;
  candidates.clear();
  add_profile(view, profile, board);
  for (std::size_t i = 0; i < board.touched().size(); ++i) {
    const auto product = board.touched()[i];
    const auto sum = board.sums()[i][0];
    if (sum > 0 && !profile.has(product))
      candidates.push_back({product, fast_log(sum), view.log_availability(product)});
  }
}

std::array<float, cold_features> cold_features_of(const View& view, std::uint32_t product) {
  return {log_of(view.sales.faded_first_orders(product) * view.fortnight + 0.1),
          log_of(view.sold_fortnight(product) + 0.1),
          log_of(view.sales.faded(product, Window::two_months) * view.two_months + 1)};
}

}  // namespace cloudcart::recommendation
