#include "adapters/memory/analytics/memory_analytics_store.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

constexpr TimeRange all_time{Timestamp::min(), Timestamp::max()};

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

Task<Result<Report>> MemoryAnalyticsStore::report(TenantId tenant, ReportRequest request, Deadline) {
  const auto& facts = shops_[tenant];
  const auto range = request.range.value_or(all_time);
  Report report;
  report.progress = {position_, facts.last_event_at};
  report.sales = sales(facts, request.days);
  report.previous_sales = sales(facts, request.previous_days);
  report.products = top_products(facts, range, request.top_products);
  report.customers = top_customers(facts, range, request.top_customers);
  if (request.statuses) report.statuses = statuses(facts, range);
  report.recent_orders = recent_orders(facts, request.recent_orders);
  co_return report;
}

PeriodSales MemoryAnalyticsStore::sales(const ShopFacts& facts, const std::vector<Timestamp>& days) {
  PeriodSales sales;
  std::map<UserId, Timestamp> first_orders;
  for (const auto& [id, order] : facts.orders) {
    if (!order.placed || !customer_of(*order.placed)) continue;
    auto& first = first_orders.try_emplace(order.placed->user_id, order.placed->timestamp).first->second;
    first = std::min(first, order.placed->timestamp);
  }
  std::set<UserId> active_in_period;
  for (std::size_t i = 0; i + 1 < days.size(); ++i) {
    const TimeRange day{days[i], days[i + 1]};
    SalesFigures figures;
    std::set<UserId> active;
    for (const auto& [id, order] : facts.orders) {
      if (order.given_back && day.contains(order.given_back->timestamp))
        count_given_back(figures, *order.given_back);
      if (!order.placed || !day.contains(order.placed->timestamp)) continue;
      count_placed(figures, *order.placed);
      if (const auto customer = customer_of(*order.placed)) active.insert(*customer);
    }
    for (const auto& [user, first] : first_orders) figures.new_customers += day.contains(first);
    figures.active_customers = static_cast<std::int64_t>(active.size());
    active_in_period.merge(active);
    sales.total.add_flows(figures);
    sales.days.push_back(figures);
  }
  sales.total.active_customers = static_cast<std::int64_t>(active_in_period.size());
  return sales;
}

std::vector<ProductSales> MemoryAnalyticsStore::top_products(const ShopFacts& facts, const TimeRange& range,
                                                             std::size_t limit) {
  std::map<ProductId, ProductSales> products;
  for (const auto& [id, order] : facts.orders) {
    if (order.placed && range.contains(order.placed->timestamp)) {
      std::set<ProductId> held;
      for (const auto& line : order.placed->lines) {
        auto& product = products[line.product_id];
        product.quantity += line.quantity;
        product.revenue = sum(product.revenue, line.subtotal);
        product.order_count += held.insert(line.product_id).second;
      }
    }
    if (order.given_back && range.contains(order.given_back->timestamp)) {
      for (const auto& line : order.given_back->lines) {
        auto& product = products[line.product_id];
        product.quantity -= line.quantity;
        product.revenue = product.revenue.minus(line.subtotal).value();
      }
    }
  }
  std::vector<ProductSales> sold;
  for (auto& [id, product] : products) {
    if (product.order_count == 0) continue;
    product.product = id;
    product.name = facts.names.at(id).second;
    sold.push_back(product);
  }
  return best(std::move(sold), limit, [](const ProductSales& a, const ProductSales& b) {
    return std::tie(b.revenue, b.quantity, a.product) < std::tie(a.revenue, a.quantity, b.product);
  });
}

std::vector<CustomerActivity> MemoryAnalyticsStore::top_customers(const ShopFacts& facts,
                                                                  const TimeRange& range, std::size_t limit) {
  std::map<UserId, CustomerActivity> customers;
  for (const auto& [id, order] : facts.orders) {
    if (order.placed && range.contains(order.placed->timestamp) && customer_of(*order.placed)) {
      auto& customer = customers[order.placed->user_id];
      ++customer.order_count;
      customer.spent = sum(customer.spent, order.placed->total);
      customer.last_order_at = std::max(customer.last_order_at, order.placed->timestamp);
    }
    if (order.given_back && range.contains(order.given_back->timestamp) && customer_of(*order.given_back)) {
      auto& customer = customers[order.given_back->user_id];
      customer.spent = customer.spent.minus(order.given_back->total).value();
    }
  }
  std::vector<CustomerActivity> active;
  for (auto& [user, customer] : customers) {
    if (customer.order_count == 0) continue;
    customer.user = user;
    active.push_back(customer);
  }
  return best(std::move(active), limit, [](const CustomerActivity& a, const CustomerActivity& b) {
    return std::tie(b.spent, b.order_count, a.user) < std::tie(a.spent, a.order_count, b.user);
  });
}

StatusCounts MemoryAnalyticsStore::statuses(const ShopFacts& facts, const TimeRange& range) {
  StatusCounts counts{};
  for (const auto& [id, order] : facts.orders)
    if (order.placed && range.contains(order.placed->timestamp))
      ++counts[static_cast<std::size_t>(order.status)];
  return counts;
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
