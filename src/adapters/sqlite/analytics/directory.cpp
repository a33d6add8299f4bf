#include "adapters/sqlite/analytics/directory.h"

#include <algorithm>
#include <tuple>

namespace cloudcart::analytics {
namespace {

std::optional<Timestamp> optional_time(const sqlite::Statement& row, int column) {
  return row.optional_integer(column).transform(from_unix_ms);
}

}  // namespace

void ShopDirectory::Entry::include_flow(Timestamp time) {
  first_flow_at = std::min(first_flow_at.value_or(time), time);
  last_flow_at = std::max(last_flow_at.value_or(time), time);
}

ShopDirectory::Entry& ShopDirectory::of(const TenantId& tenant) {
  const auto [at, is_new] = entries_.try_emplace(tenant);
  if (!is_new) return at->second;
  auto row = connection_.prepare(
      "SELECT number, last_event_at, first_flow_at, last_flow_at FROM shop WHERE tenant = ?");
  row.bind(tenant.value);
  if (row.step()) {
    at->second = {row.integer(0), optional_time(row, 1), optional_time(row, 2), optional_time(row, 3)};
  } else {
    connection_.prepare("INSERT INTO shop(tenant) VALUES(?)").bind(tenant.value).run();
    at->second.number = connection_.last_insert_rowid();
  }
  return at->second;
}

void ShopDirectory::store() {
  auto update = connection_.prepare(
      "UPDATE shop SET last_event_at = ?, first_flow_at = ?, last_flow_at = ? WHERE number = ?");
  for (const auto& [tenant, entry] : entries_) {
    update.bind_all(entry.last_event_at, entry.first_flow_at, entry.last_flow_at, entry.number).run();
    update.reset();
  }
}

CustomerDirectory::Entry& CustomerDirectory::of(std::int64_t shop, UserId user) {
  const auto [at, is_new] = entries_.try_emplace({shop, user});
  if (!is_new) return at->second;
  auto row =
      connection_.prepare("SELECT number, first_order_at FROM customer WHERE shop = ? AND user_id = ?");
  row.bind_all(shop, user);
  if (row.step()) {
    at->second = {row.integer(0), optional_time(row, 1), false};
  } else {
    connection_.prepare("INSERT INTO customer(shop, user_id) VALUES(?, ?)").bind_all(shop, user).run();
    at->second.number = connection_.last_insert_rowid();
  }
  return at->second;
}

void CustomerDirectory::store() {
  auto update = connection_.prepare("UPDATE customer SET first_order_at = ? WHERE number = ?");
  for (const auto& [key, entry] : entries_) {
    if (!entry.changed) continue;
    update.bind_all(entry.first_order_at, entry.number).run();
    update.reset();
  }
}

const ProductDirectory::Entry& ProductDirectory::of(std::int64_t shop, const events::EventLine& line,
                                                    const events::OrderEvent& event) {
  const auto [at, is_new] = entries_.try_emplace({shop, line.product_id});
  auto& entry = at->second;
  if (is_new) {
    auto row = connection_.prepare(
        "SELECT number, named_at, named_by FROM product WHERE shop = ? AND product_id = ?");
    row.bind_all(shop, line.product_id);
    if (row.step()) {
      entry.number = row.integer(0);
      entry.named_at = row.timestamp(1);
      entry.named_by = row.id<EventId>(2);
    } else {
      connection_
          .prepare("INSERT INTO product(shop, product_id, name, named_at, named_by) VALUES(?, ?, ?, ?, ?)")
          .bind_all(shop, line.product_id, line.product_name, event.timestamp, event.event_id)
          .run();
      entry.number = connection_.last_insert_rowid();
      entry.named_at = event.timestamp;
      entry.named_by = event.event_id;
    }
  }
  if (std::tie(entry.named_at, entry.named_by) <= std::tie(event.timestamp, event.event_id)) {
    entry.named_at = event.timestamp;
    entry.named_by = event.event_id;
    entry.new_name = line.product_name;
  }
  return entry;
}

void ProductDirectory::store() {
  auto update = connection_.prepare(
      "UPDATE product SET name = coalesce(?, name), named_at = ?, named_by = ?, order_count = order_count + "
      "?,"
      " quantity = quantity + ?, revenue = revenue + ? WHERE number = ?");
  for (const auto& [key, entry] : entries_) {
    const auto& change = changes_[entry.number];
    update
        .bind_all(entry.new_name, entry.named_at, entry.named_by, change.orders, change.quantity,
                  change.amount, entry.number)
        .run();
    update.reset();
  }
}

}  // namespace cloudcart::analytics
