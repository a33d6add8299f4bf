#include <algorithm>
#include <set>

#include "adapters/memory/analytics/flow_counter.h"
#include "adapters/memory/analytics/memory_analytics_store.h"
#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

using ShopFacts = MemoryAnalyticsStore::ShopFacts;

std::set<ProductId> products_of(const events::OrderEvent& event) {
  std::set<ProductId> products;
  for (const auto& line : event.lines) products.insert(line.product_id);
  return products;
}

bool was_ever_ordered(const ShopFacts& facts, ProductId product) {
  return std::ranges::any_of(facts.orders, [&](const auto& entry) {
    return entry.second.placed && products_of(*entry.second.placed).contains(product);
  });
}

std::optional<std::uint32_t> month_of(const TimeAxis& months, Timestamp time) {
  if (!months.range().contains(time)) return std::nullopt;
  const auto after = std::ranges::upper_bound(months.bounds, time);
  return static_cast<std::uint32_t>(after - months.bounds.begin()) - 1;
}

}  // namespace

Task<Result<CubeAnswers>> MemoryAnalyticsStore::ask(TenantId tenant, CubeQuestions questions, Deadline) {
  const auto& facts = asked_.shops[tenant];
  CubeAnswers answers{
      {asked_.position, facts.last_event_at}, {}, recent_orders(facts, questions.recent_orders)};
  for (const auto& query : questions.queries) {
    answers.answers.push_back(FlowCounter(facts, query).answer());
    if (answers.answers.back().groups > max_groups) co_return fail(too_many_groups());
  }
  co_return answers;
}

Task<Result<std::optional<Companions>>> MemoryAnalyticsStore::companions(TenantId tenant, ProductId product,
                                                                         TimeRange range, std::size_t limit,
                                                                         Deadline) {
  const auto& facts = asked_.shops[tenant];
  if (!was_ever_ordered(facts, product)) co_return std::nullopt;
  Companions companions{.name = facts.names.at(product).second};
  std::map<ProductId, Companion> others;
  for (const auto& [id, order] : facts.orders) {
    if (!order.placed || !range.contains(order.placed->timestamp)) continue;
    ++companions.all_orders;
    const auto held = products_of(*order.placed);
    const bool together = held.contains(product);
    companions.orders += together;
    for (const auto& other : held) {
      auto& companion = others[other];
      ++companion.orders;
      companion.orders_together += together;
    }
  }
  others.erase(product);
  for (auto& [id, companion] : others) {
    if (companion.orders_together == 0) continue;
    companion.product = id;
    companion.name = facts.names.at(id).second;
    companions.others.push_back(companion);
  }
  keep_closest(companions, limit);
  co_return companions;
}

Task<Result<std::vector<Cohort>>> MemoryAnalyticsStore::cohorts(TenantId tenant, TimeAxis months, Deadline) {
  const auto& facts = asked_.shops[tenant];
  const auto first = first_orders_of(facts);
  auto cohorts = empty_cohorts(months);
  std::set<std::pair<UserId, std::uint32_t>> seen;
  for (const auto& [id, order] : facts.orders) {
    if (!order.placed || !customer_of(*order.placed)) continue;
    const auto user = order.placed->user_id;
    const auto joined = month_of(months, first.at(user).first),
               month = month_of(months, order.placed->timestamp);
    if (!joined || !month) continue;
    auto& cohort = cohorts[*joined];
    const auto later = *month - *joined;
    cohort.active[later] += seen.insert({user, *month}).second;
    ++cohort.orders[later];
    cohort.gross[later] = sum(cohort.gross[later], order.placed->total);
  }
  for (auto& cohort : cohorts) cohort.customers = cohort.active[0];
  co_return cohorts;
}

Task<Result<std::vector<CustomerProfile>>> MemoryAnalyticsStore::customers(TenantId tenant, Deadline) {
  std::map<UserId, CustomerProfile> profiles;
  std::map<UserId, Money> given_back;
  for (const auto& [id, order] : asked_.shops[tenant].orders) {
    if (order.given_back) {
      auto& amount = given_back[order.given_back->user_id];
      amount = sum(amount, order.given_back->total);
    }
    if (!order.placed || !customer_of(*order.placed)) continue;
    const auto& placed = *order.placed;
    const CustomerProfile new_one{placed.user_id, 0, Money{}, placed.timestamp, placed.timestamp};
    auto& profile = profiles.try_emplace(placed.user_id, new_one).first->second;
    ++profile.orders;
    profile.net = sum(profile.net, placed.total);
    profile.first_order_at = std::min(profile.first_order_at, placed.timestamp);
    profile.last_order_at = std::max(profile.last_order_at, placed.timestamp);
  }
  std::vector<CustomerProfile> sorted;
  for (auto& [user, profile] : profiles) {
    if (const auto back = given_back.find(user); back != given_back.end())
      profile.net = profile.net.minus(back->second).value();
    sorted.push_back(profile);
  }
  co_return sorted;
}

}  // namespace cloudcart::analytics
