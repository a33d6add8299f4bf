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

std::int64_t ProductDirectory::number_of(std::int64_t shop, const events::EventLine& line,
                                         Timestamp event_time) {
  std::pair name{event_time, line.product_name};
  const auto [at, is_new] = entries_.try_emplace({shop, line.product_id});
  auto& entry = at->second;
  if (!is_new) {
    entry.newest = std::max(std::move(entry.newest), std::move(name));
    return entry.number;
  }
  auto row = connection_.prepare("SELECT number, name FROM product WHERE shop = ? AND product_id = ?");
  row.bind_all(shop, line.product_id);
  if (row.step()) {
    entry = {row.integer(0), row.string(1), std::move(name)};
  } else {
    connection_.prepare("INSERT INTO product(shop, product_id, name) VALUES(?, ?, ?)")
        .bind_all(shop, line.product_id, line.product_name)
        .run();
    entry = {connection_.last_insert_rowid(), line.product_name, std::move(name)};
  }
  by_number_[entry.number] = &entry;
  return entry.number;
}

void ProductDirectory::settle_name(std::int64_t number, Timestamp named_at) {
  const auto& entry = *by_number_.at(number);
  const auto& [time, name] = entry.newest;
  if (name == entry.stored_name || std::tie(time, name) <= std::tie(named_at, entry.stored_name)) return;
  connection_.prepare("UPDATE product SET name = ? WHERE number = ?").bind_all(name, number).run();
}

}  // namespace cloudcart::analytics
