#include "adapters/sqlite/analytics/directory.h"

#include <tuple>

namespace cloudcart::analytics {
namespace {

/// The number after the highest of a shop; `sql` asks for that one.
std::uint32_t number_after(sqlite::Connection& connection, std::string_view sql, std::int64_t shop,
                           std::uint32_t first) {
  auto row = connection.prepare(sql);
  row.bind(shop).step();
  const auto highest = row.optional_integer(0);
  return highest ? static_cast<std::uint32_t>(*highest) + 1 : first;
}

}  // namespace

ShopDirectory::Entry& ShopDirectory::of(const TenantId& tenant) {
  const auto [at, is_new] = entries_.try_emplace(tenant);
  auto& entry = at->second;
  if (!is_new) return entry;
  auto row = connection_.prepare(
      "SELECT number, last_event_at, gross, units, given_back, given_back_units FROM shop"
      " WHERE generation = ? AND tenant = ?");
  row.bind_all(generation_, tenant.value);
  if (row.step()) {
    entry.number = row.integer(0);
    entry.last_event_at = row.optional_integer(1).transform(from_unix_ms);
    entry.totals = {row.money(2), row.money(4), row.integer(3), row.integer(5)};
  } else {
    connection_
        .prepare(
            "INSERT INTO shop(generation, tenant, gross, units, given_back, given_back_units)"
            " VALUES(?, ?, 0, 0, 0, 0)")
        .bind_all(generation_, tenant.value)
        .run();
    entry.number = connection_.last_insert_rowid();
  }
  entry.orders =
      number_after(connection_, "SELECT max(number) FROM order_fact WHERE shop = ?", entry.number, 0);
  return entry;
}

void ShopDirectory::store() {
  auto update = connection_.prepare(
      "UPDATE shop SET last_event_at = ?, gross = ?, units = ?, given_back = ?, given_back_units = ? WHERE "
      "number = ?");
  for (const auto& [tenant, entry] : entries_) {
    const auto& totals = entry.totals;
    update
        .bind_all(entry.last_event_at, totals.gross, totals.units, totals.given_back, totals.given_back_units,
                  entry.number)
        .run();
    update.reset();
  }
}

std::uint32_t CustomerDirectory::number_of(const TenantId& tenant, std::int64_t shop, UserId user) {
  const auto [known, is_new] = numbers_.try_emplace({shop, user});
  auto& number = known->second;
  if (!is_new) return number;
  auto row = connection_.prepare("SELECT number FROM customer WHERE shop = ? AND user_id = ?");
  row.bind_all(shop, user);
  if (row.step()) return number = static_cast<std::uint32_t>(row.integer(0));
  const auto [next, is_first] = next_.try_emplace(shop);
  if (is_first)
    next->second =
        number_after(connection_, "SELECT max(number) FROM customer WHERE shop = ?", shop, no_customer + 1);
  number = next->second++;
  connection_.prepare("INSERT INTO customer(shop, number, user_id) VALUES(?, ?, ?)")
      .bind_all(shop, std::int64_t{number}, user)
      .run();
  learned_.emplace_back(tenant, NewCustomer{number, user});
  return number;
}

ItemDirectory::Entry& ItemDirectory::entry_of(const TenantId& tenant, std::int64_t shop,
                                              const events::EventLine& line, const Name& name) {
  const auto [known, is_new] = entries_.try_emplace({shop, line.product_id, line.category_name});
  auto& entry = known->second;
  if (!is_new) return entry;
  entry.tenant = tenant;
  auto row = connection_.prepare(
      "SELECT number, named_at, name FROM item WHERE shop = ? AND product_id = ? AND category = ?");
  row.bind_all(shop, line.product_id, line.category_name);
  if (row.step()) {
    entry.number = static_cast<std::uint32_t>(row.integer(0));
    entry.stored = entry.newest = {row.timestamp(1), row.string(2)};
    return entry;
  }
  const auto [next, is_first] = next_.try_emplace(shop);
  if (is_first)
    next->second = number_after(connection_, "SELECT max(number) FROM item WHERE shop = ?", shop, 0);
  entry.number = next->second++;
  entry.stored = entry.newest = name;
  connection_
      .prepare(
          "INSERT INTO item(shop, number, product_id, category, name, named_at) VALUES(?, ?, ?, ?, ?, ?)")
      .bind_all(shop, std::int64_t{entry.number}, line.product_id, line.category_name, name.second,
                name.first)
      .run();
  learned_.emplace_back(tenant, NewItem{entry.number, line.product_id, line.category_name});
  learned_.emplace_back(tenant, ItemName{entry.number, name.first, name.second});
  return entry;
}

std::uint32_t ItemDirectory::number_of(const TenantId& tenant, std::int64_t shop,
                                       const events::EventLine& line, Timestamp event_time) {
  const Name name{event_time, line.product_name};
  auto& entry = entry_of(tenant, shop, line, name);
  entry.newest = std::max(entry.newest, name);
  return entry.number;
}

void ItemDirectory::store() {
  auto update = connection_.prepare("UPDATE item SET name = ?, named_at = ? WHERE shop = ? AND number = ?");
  for (const auto& [key, entry] : entries_) {
    const auto& [at, name] = entry.newest;
    // Also when only the time is newer: another name of a time in between may come later.
    if (entry.newest == entry.stored) continue;
    update.bind_all(name, at, std::get<0>(key), std::int64_t{entry.number}).run();
    update.reset();
    learned_.emplace_back(entry.tenant, ItemName{entry.number, at, name});
  }
}

}  // namespace cloudcart::analytics
