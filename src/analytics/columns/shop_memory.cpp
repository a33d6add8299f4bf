#include "analytics/columns/shop_memory.h"

#include <algorithm>
#include <tuple>

#include "core/overloaded.h"

namespace cloudcart::analytics {
namespace {

bool is_newer(const OrderSummary& a, const OrderSummary& b) {
  return std::tie(b.at, b.order) < std::tie(a.at, a.order);
}

}  // namespace

void RecentOrders::take_in(const ChangedOrder& order) {
  const auto number = order.change.number;
  if (const auto known = std::ranges::find(orders_, number, &Entry::number); known != orders_.end()) {
    known->summary.status = order.change.status;
    return;
  }
  if (!order.summary) return;
  const auto place = std::ranges::lower_bound(orders_, *order.summary, is_newer, &Entry::summary);
  if (place == orders_.end() && orders_.size() == bound) return;
  orders_.insert(place, {number, *order.summary});
  if (orders_.size() > bound) orders_.pop_back();
}

std::vector<OrderSummary> RecentOrders::newest(std::size_t limit) const {
  std::vector<OrderSummary> newest;
  for (const auto& order : orders_) {
    if (newest.size() == limit) break;
    newest.push_back(order.summary);
  }
  return newest;
}

void ShopMemory::learn(const Lesson& lesson) {
  std::visit(
      Overloaded{
          [&](const NewCustomer& customer) { columns.learn_customer(customer.number, customer.user); },
          [&](const NewItem& item) { columns.items().learn(item.number, item.product, item.category); },
          [&](const ItemName& name) {
            columns.items().learn_name(name.item, to_unix_ms(name.at), name.name);
          },
          [&](const ChangedOrder& order) {
            columns.apply(order.change);
            recent.take_in(order);
          },
          [&](const LastEvent& last) { last_event_at = last.at; }},
      lesson);
}

void Memory::learn(const TenantId& tenant, const Lesson& lesson) {
  auto& shop = shops_[tenant];
  if (!shop) shop = std::make_unique<ShopMemory>(days_);
  shop->learn(lesson);
}

const ShopMemory* Memory::find(const TenantId& tenant) const {
  const auto found = shops_.find(tenant);
  return found == shops_.end() ? nullptr : found->second.get();
}

std::size_t Memory::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [tenant, shop] : shops_) bytes += shop->columns.bytes();
  return bytes;
}

}  // namespace cloudcart::analytics
