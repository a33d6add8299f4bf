#include "adapters/memory/analytics/memory_analytics_store.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

OrderSummary summary_of(const events::OrderEvent& event, OrderStatus status) {
  return {event.order_id, customer_of(event), status,          event.kind,
          event.total,    event.currency,     units_of(event), event.timestamp};
}

void count_placed(SalesFigures& figures, const events::OrderEvent& event) {
  ++figures.placed_orders;
  figures.placed_units += units_of(event);
  figures.gross = sum(figures.gross, event.total);
}

void count_given_back(SalesFigures& figures, const events::OrderEvent& event) {
  figures.cancelled_orders += event.kind == OrderKind::sale;
  figures.cancelled_units += units_of(event);
  figures.cancelled = sum(figures.cancelled, event.total);
}

void keep_first(std::optional<events::OrderEvent>& known, const events::OrderEvent& event,
                std::string_view type) {
  if (event.type == type && !known) known = event;
}

template <class T, class Better>
std::vector<T> best(std::vector<T> all, std::size_t limit, Better better) {
  std::ranges::sort(all, better);
  if (all.size() > limit) all.resize(limit);
  return all;
}

}  // namespace

Task<Result<std::int64_t>> MemoryAnalyticsStore::position(Deadline) {
  co_return position_;
}

Task<Result<Applied>> MemoryAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline) {
  Applied applied;
  for (const auto& record : records) {
    if (record.position <= position_) continue;
    auto& facts = shops_[record.event.tenant];
    if (auto placed = absorb(facts, record)) {
      facts.placed.push_back(*placed);
      if (facts.placed.size() > replay_bound) facts.placed.pop_front();
      applied.placed.push_back(*std::move(placed));
    }
    position_ = record.position;
    ++applied.events;
  }
  applied.position = position_;
  co_return applied;
}

std::optional<PlacedOrder> MemoryAnalyticsStore::absorb(ShopFacts& facts, const events::LogRecord& record) {
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
  keep_first(order.shipped, event, "order.shipped");
  keep_first(order.delivered, event, "order.delivered");
  if (!places_order(event) || order.placed) return std::nullopt;
  order.placed = event;
  return PlacedOrder{event.tenant, record.position, event.event_id, summary_of(event, event.status)};
}

Task<Result<std::optional<Extent>>> MemoryAnalyticsStore::extent(TenantId tenant, Deadline) {
  std::optional<Extent> extent;
  const auto include = [&](const std::optional<events::OrderEvent>& event) {
    if (!event) return;
    if (!extent) extent = Extent{event->timestamp, event->timestamp};
    extent->first = std::min(extent->first, event->timestamp);
    extent->last = std::max(extent->last, event->timestamp);
  };
  for (const auto& [id, order] : shops_[tenant].orders) {
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
  for (const auto& placed : shops_[tenant].placed)
    if (placed.position > after) found.push_back(placed);
  co_return found;
}

Task<Result<Totals>> MemoryAnalyticsStore::totals(TenantId tenant, Deadline) {
  using std::chrono::days;
  Totals totals{.position = position_, .all = {}, .by_utc_day = {}};
  for (const auto& [id, order] : shops_[tenant].orders) {
    if (order.placed) count_placed(totals.by_utc_day[floor<days>(order.placed->timestamp)], *order.placed);
    if (order.given_back)
      count_given_back(totals.by_utc_day[floor<days>(order.given_back->timestamp)], *order.given_back);
  }
  for (const auto& [day, figures] : totals.by_utc_day) totals.all.add_flows(figures);
  co_return totals;
}

}  // namespace cloudcart::analytics
