#include "recommendation/domain/subject_sums.h"

#include <algorithm>

namespace cloudcart::recommendation {
namespace {

/// More than any order of a shop: so much is counted of one that says more, and no sum of them overflows.
constexpr Money most_of_one_order{10'000'000'000'000};

Money counted(Money amount) {
  return std::clamp(amount, Money{}, most_of_one_order);
}

void increase(Money& sum, Money by, std::int64_t sign = 1) {
  sum = Money{sum.minor_units() + sign * by.minor_units()};
}

void increase(Bought& sum, const Bought& by, std::int64_t sign = 1) {
  sum.lines += sign * by.lines;
  increase(sum.revenue, by.revenue, sign);
}

void add_up(SubjectSums& sums, const CountedOrder& order, std::int64_t sign) {
  sums.orders += sign;
  increase(sums.revenue, order.revenue, sign);
  increase(sums.bought, order.clicked, sign);
  increase(sums.first_bought, order.first, sign);
  increase(sums.second_bought, order.second, sign);
}

void add(Credit& credit, std::int64_t clicks, const Bought& bought) {
  credit.clicks += clicks;
  credit.bought_lines += bought.lines;
  increase(credit.click_revenue, bought.revenue);
}

}  // namespace

CountedOrder count_order(const events::OrderEvent& order, std::chrono::days window,
                         const FindClicked& clicked) {
  CountedOrder count{.revenue = counted(order.total)};
  for (const auto& line : order.lines) {
    const auto click = clicked(line.product_id);
    if (!click || click->at > order.timestamp || order.timestamp - click->at > window) continue;
    const Bought bought{1, counted(line.subtotal)};
    increase(count.clicked, bought);
    if (click->team == Team::first) increase(count.first, bought);
    if (click->team == Team::second) increase(count.second, bought);
  }
  return count;
}

bool SubjectSums::attributes(Timestamp order_at, std::chrono::days window) const {
  return first_seen_at <= order_at && order_at - first_seen_at <= window;
}

void SubjectSums::click(Team team) {
  ++clicks;
  if (team == Team::none) return;
  ++(team == Team::first ? first_clicks : second_clicks);
  if (!preferred_click) preferred_click = team;
}

void SubjectSums::add(const CountedOrder& order) {
  add_up(*this, order, 1);
  if (preferred_buy || order.first.lines == order.second.lines) return;
  preferred_buy = order.first.lines > order.second.lines ? Team::first : Team::second;
}

void SubjectSums::take_back(const CountedOrder& order) {
  add_up(*this, order, -1);
  if (!preferred_buy) return;
  const auto& own = *preferred_buy == Team::first ? first_bought : second_bought;
  const auto& other = *preferred_buy == Team::first ? second_bought : first_bought;
  if (own.lines > 0) return;
  if (other.lines == 0) {
    preferred_buy.reset();
  } else {
    preferred_buy = *preferred_buy == Team::first ? Team::second : Team::first;
  }
}

void add(VariantTally& tally, const SubjectSums& sums, bool is_customer) {
  ++tally.subjects;
  tally.customers += is_customer;
  tally.impressions += sums.impressions;
  tally.clicking_subjects += sums.clicks > 0;
  tally.converting_customers += sums.orders > 0;
  tally.orders += sums.orders;
  increase(tally.revenue, sums.revenue);
  const auto revenue = static_cast<double>(sums.revenue.minor_units());
  tally.revenue_squares += revenue * revenue;
  add(tally.credit, sums.clicks, sums.bought);
  add(tally.first, sums.first_clicks, sums.first_bought);
  add(tally.second, sums.second_clicks, sums.second_bought);
  tally.first.first_clicks += sums.preferred_click == Team::first;
  tally.second.first_clicks += sums.preferred_click == Team::second;
  tally.first.first_buys += sums.preferred_buy == Team::first;
  tally.second.first_buys += sums.preferred_buy == Team::second;
}

}  // namespace cloudcart::recommendation
