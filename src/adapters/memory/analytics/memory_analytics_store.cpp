#include "adapters/memory/analytics/memory_analytics_store.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analytics/domain/defect.h"
#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

OrderSummary summary_of(const events::OrderEvent& event, OrderStatus status) {
  return {event.order_id, customer_of(event), status,          event.kind,
          event.total,    event.currency,     units_of(event), event.timestamp};
}

template <class T, class Better>
std::vector<T> best(std::vector<T> all, std::size_t limit, Better better) {
  std::ranges::sort(all, better);
  if (all.size() > limit) all.resize(limit);
  return all;
}

}  // namespace

Task<Result<std::int64_t>> MemoryAnalyticsStore::position(Deadline) {
  co_return asked_.position;
}

Task<Result<Applied>> MemoryAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline) {
  co_return apply_to(asked_, records);
}

Applied MemoryAnalyticsStore::apply_to(State& state, const std::vector<events::LogRecord>& records) const {
  Applied applied;
  for (const auto& record : records) {
    if (record.position <= state.position) continue;
    if (auto reason = defect_of(record.event, currency_)) {
      state.letters.try_emplace(record.position, record.position, record.event, *std::move(reason), 1);
      ++applied.dead_letters;
    } else if (auto placed = absorb(state, record)) {
      applied.placed.push_back(*std::move(placed));
    }
    state.position = record.position;
    ++applied.events;
  }
  applied.position = state.position;
  return applied;
}

std::optional<PlacedOrder> MemoryAnalyticsStore::absorb(State& state, const events::LogRecord& record) {
  auto& facts = state.shops[record.event.tenant];
  const auto& event = record.event;
  facts.last_event_at = std::max(facts.last_event_at.value_or(event.timestamp), event.timestamp);
  for (const auto& line : event.lines) {
    std::pair name{event.timestamp, line.product_name};
    auto& known = facts.names.try_emplace(line.product_id, name).first->second;
    known = std::max(known, name);
  }
  auto& order = facts.orders[event.order_id];
  if (event.version > order.version) {
    order.version = event.version;
    order.status = event.status;
  }
  if (gives_back(event) && !order.given_back) order.given_back = event;
  if (ships(event) && !order.shipped) order.shipped = event;
  if (delivers(event) && !order.delivered) order.delivered = event;
  if (!places_order(event) || order.placed) return std::nullopt;
  order.placed = event;
  const PlacedOrder placed{event.tenant, record.position, event.event_id, summary_of(event, event.status)};
  facts.placed.push_back(placed);
  if (facts.placed.size() > replay_bound) facts.placed.pop_front();
  return placed;
}

Task<Result<std::optional<Extent>>> MemoryAnalyticsStore::extent(TenantId tenant, Deadline) {
  std::optional<Extent> extent;
  const auto include = [&](const std::optional<events::OrderEvent>& event) {
    if (!event) return;
    if (!extent) extent = Extent{event->timestamp, event->timestamp};
    extent->first = std::min(extent->first, event->timestamp);
    extent->last = std::max(extent->last, event->timestamp);
  };
  for (const auto& [id, order] : asked_.shops[tenant].orders) {
    include(order.placed);
    include(order.given_back);
  }
  co_return extent;
}

std::vector<OrderSummary> MemoryAnalyticsStore::recent_orders(const ShopFacts& facts, std::size_t limit) {
  std::vector<OrderSummary> orders;
  for (const auto& [id, order] : facts.orders) {
    if (order.placed) {
      orders.push_back(summary_of(*order.placed, order.status));
    } else if (order.given_back && order.given_back->kind == OrderKind::credit_note) {
      orders.push_back(summary_of(*order.given_back, order.status));
    }
  }
  return best(std::move(orders), limit, [](const OrderSummary& a, const OrderSummary& b) {
    return std::tie(b.at, b.order) < std::tie(a.at, a.order);
  });
}

Task<Result<std::vector<PlacedOrder>>> MemoryAnalyticsStore::placed_after(TenantId tenant, std::int64_t after,
                                                                          Deadline) {
  std::vector<PlacedOrder> found;
  for (const auto& placed : asked_.shops[tenant].placed)
    if (placed.position > after) found.push_back(placed);
  co_return found;
}

Task<Result<Totals>> MemoryAnalyticsStore::totals(TenantId tenant, Deadline) {
  using std::chrono::days;
  Totals totals{.position = asked_.position, .all = {}, .by_utc_day = {}, .dead_letters = {}};
  const auto count = [&](const std::optional<events::OrderEvent>& event) {
    if (event) totals.by_utc_day[floor<days>(event->timestamp)].add_flows(flow_of(*event));
  };
  for (const auto& [id, order] : asked_.shops[tenant].orders) {
    count(order.placed);
    count(order.given_back);
  }
  for (const auto& [day, figures] : totals.by_utc_day) totals.all.add_flows(figures);
  for (const auto& [position, letter] : asked_.letters)
    if (letter.event.tenant == tenant) totals.dead_letters.push_back(position);
  co_return totals;
}

Task<Result<DeadLetters::Page>> MemoryAnalyticsStore::list_dead_letters(TenantId tenant, std::int64_t offset,
                                                                        std::int64_t limit, Deadline) {
  Page page;
  for (const auto& [position, letter] : asked_.letters) {
    if (letter.event.tenant != tenant) continue;
    if (page.total++ >= offset && std::ssize(page.letters) < limit) page.letters.push_back(letter);
  }
  co_return page;
}

Task<Result<DeadLetters::Retried>> MemoryAnalyticsStore::retry_dead_letter(TenantId tenant,
                                                                           std::int64_t position, Deadline) {
  const auto found = asked_.letters.find(position);
  if (found == asked_.letters.end() || found->second.event.tenant != tenant)
    co_return fail(Error::not_found("The dead letter was"));
  auto& letter = found->second;
  Retried retried{defect_of(letter.event, currency_), {.position = asked_.position}};
  if (retried.reason) {
    letter.reason = *retried.reason;
    ++letter.attempts;
    co_return retried;
  }
  retried.applied.events = 1;
  if (auto placed = absorb(asked_, {position, letter.event}))
    retried.applied.placed.push_back(*std::move(placed));
  asked_.letters.erase(found);
  co_return retried;
}

Task<Status> MemoryAnalyticsStore::begin_rebuild(Deadline) {
  rebuilt_ = State{};
  co_return Status{};
}

Task<Result<std::int64_t>> MemoryAnalyticsStore::apply_to_rebuild(std::vector<events::LogRecord> records,
                                                                  Deadline) {
  if (!rebuilt_) co_return fail(ErrorCode::conflict, "No rebuild is under way.");
  co_return apply_to(*rebuilt_, records).position;
}

Task<Result<bool>> MemoryAnalyticsStore::switch_over(Deadline) {
  if (!rebuilt_) co_return fail(ErrorCode::conflict, "No rebuild is under way.");
  if (rebuilt_->position != asked_.position) co_return false;
  asked_ = *std::exchange(rebuilt_, std::nullopt);
  co_return true;
}

Task<Result<bool>> MemoryAnalyticsStore::remove_remains(Deadline) {
  co_return false;
}

}  // namespace cloudcart::analytics
