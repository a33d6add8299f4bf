#include "adapters/sqlite/analytics/fact_writer.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/sqlite/analytics/packed_lines.h"
#include "analytics/domain/defect.h"
#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

template <class Enum>
std::int64_t stored(Enum value) {
  return static_cast<std::int64_t>(value);
}

std::optional<Timestamp> time_at(const sqlite::Statement& row, int column) {
  return row.optional_integer(column).transform(from_unix_ms);
}

/// Adds the event's flow to the sums of the shop; false, and nothing added, when they would not hold it.
bool take_in(ShopTotals& totals, const events::OrderEvent& event, const OrderChange& change) {
  auto after = totals;
  const auto add = [&](Money& amount, std::int64_t& units, const Sale& sale) {
    const auto total = amount.plus(event.total);
    if (!total) return false;
    amount = *total;
    return !__builtin_add_overflow(units, sale.units, &units);
  };
  if (change.placed && !add(after.gross, after.units, *change.placed)) return false;
  if (change.given_back && !add(after.given_back, after.given_back_units, *change.given_back)) return false;
  totals = after;
  return true;
}

}  // namespace

std::optional<PlacedOrder> FactWriter::absorb(const events::LogRecord& record) {
  std::optional<PlacedOrder> placed;
  if (const auto reason = add_up(record, placed)) {
    ++dead_letters_;
    const auto json = events::to_json(record.event);
    connection_
        .prepare(
            "INSERT OR IGNORE INTO dead_letter(generation, position, tenant, event, reason, attempts)"
            " VALUES(?, ?, ?, ?, ?, 1)")
        .bind_all(generation_, record.position, record.event.tenant.value, json, *reason)
        .run();
  }
  return placed;
}

std::optional<std::string> FactWriter::add_up(const events::LogRecord& record,
                                              std::optional<PlacedOrder>& placed) {
  const auto& event = record.event;
  if (auto defect = defect_of(event, currency_)) return defect;
  auto& shop = shops_.of(event.tenant);
  auto fact = load(shop.number, event.order_id);
  if (!fact.exists) {
    fact.number = shop.orders;
    if (const auto user = customer_of(event))
      fact.customer = customers_.number_of(event.tenant, shop.number, *user);
  }
  const auto change = change_of(fact, event, shop.number);
  if (!take_in(shop.totals, event, change))
    return "With it the shop's sums would be more than can be counted.";
  if (!fact.exists) ++shop.orders;
  write(fact, event, change, shop.number);
  if (!shop.last_event_at || event.timestamp > *shop.last_event_at) {
    shop.last_event_at = event.timestamp;
    learned_.emplace_back(event.tenant, LastEvent{event.timestamp});
  }
  learned_.emplace_back(event.tenant, ChangedOrder{change, summary_of(change, event)});
  if (change.placed)
    placed = PlacedOrder{event.tenant, record.position, event.event_id,
                         OrderSummary{event.order_id, customer_of(event), event.status, event.kind,
                                      event.total, event.currency, change.placed->units, event.timestamp}};
  return std::nullopt;
}

FactWriter::Fact FactWriter::load(std::int64_t shop, const OrderId& order) {
  auto row = connection_.prepare(
      "SELECT number, customer, version, status, placed_at, given_back_at, shipped_at, delivered_at, lines"
      " FROM order_fact WHERE shop = ? AND order_id = ?");
  row.bind_all(shop, order);
  if (!row.step()) return {};
  return {.exists = true,
          .number = static_cast<std::uint32_t>(row.integer(0)),
          .customer = static_cast<std::uint32_t>(row.integer(1)),
          .version = row.integer(2),
          .status = static_cast<OrderStatus>(row.integer(3)),
          .placed_at = time_at(row, 4),
          .given_back_at = time_at(row, 5),
          .shipped_at = time_at(row, 6),
          .delivered_at = time_at(row, 7),
          .lines = row.string(8)};
}

OrderState FactWriter::Fact::state() const {
  return {.number = number,
          .customer = customer,
          .version = version,
          .status = status,
          .is_placed = placed_at.has_value(),
          .is_given_back = given_back_at.has_value(),
          .shipped_at = shipped_at,
          .delivered_at = delivered_at};
}

OrderChange FactWriter::change_of(const Fact& fact, const events::OrderEvent& event, std::int64_t shop) {
  return analytics::change_of(fact.state(), event, [&](const events::EventLine& line) {
    return items_.number_of(event.tenant, shop, line, event.timestamp);
  });
}

void FactWriter::write(const Fact& fact, const events::OrderEvent& event, const OrderChange& change,
                       std::int64_t shop) {
  const auto number = std::int64_t{fact.number};
  const auto version = std::max(fact.version, event.version);
  const auto passed = [&](bool passes, const std::optional<Timestamp>& known) {
    return known || !passes ? known : std::optional{event.timestamp};
  };
  const auto shipped_at = passed(ships(event), fact.shipped_at);
  const auto delivered_at = passed(delivers(event), fact.delivered_at);
  if (!fact.exists) {
    connection_
        .prepare(
            "INSERT INTO order_fact(shop, number, order_id, customer, kind, currency, version, status, "
            "shipped_at,"
            " delivered_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind_all(shop, number, event.order_id, std::int64_t{fact.customer}, stored(event.kind),
                  event.currency.code(), version, stored(change.status), shipped_at, delivered_at)
        .run();
  } else if (version != fact.version || shipped_at != fact.shipped_at || delivered_at != fact.delivered_at) {
    connection_
        .prepare(
            "UPDATE order_fact SET version = ?, status = ?, shipped_at = ?, delivered_at = ?"
            " WHERE shop = ? AND number = ?")
        .bind_all(version, stored(change.status), shipped_at, delivered_at, shop, number)
        .run();
  }
  if (change.placed) write_placed(change, shop);
  if (change.given_back)
    write_given_back(change, shop, pack(change.given_back->lines) == fact.lines && fact.placed_at);
}

void FactWriter::write_placed(const OrderChange& change, std::int64_t shop) {
  const auto& sale = *change.placed;
  const auto packed = pack(sale.lines);
  connection_
      .prepare("UPDATE order_fact SET placed_at = ?, amount = ?, lines = ? WHERE shop = ? AND number = ?")
      .bind_all(sale.at, sale.amount)
      .bind_blob(packed)
      .bind_all(shop, std::int64_t{change.number})
      .run();
}

void FactWriter::write_given_back(const OrderChange& change, std::int64_t shop, bool same_lines) {
  const auto& sale = *change.given_back;
  const auto packed = pack(sale.lines);
  auto update = connection_.prepare(
      "UPDATE order_fact SET given_back_at = ?, given_back_amount = ?, given_back_lines = ?"
      " WHERE shop = ? AND number = ?");
  update.bind_all(sale.at, sale.amount);
  same_lines ? update.bind_null() : update.bind_blob(packed);
  update.bind_all(shop, std::int64_t{change.number}).run();
}

void FactWriter::store() {
  items_.store();
  shops_.store();
}

void FactWriter::remember(const std::vector<PlacedOrder>& placed) {
  std::set<std::int64_t> shops;
  auto insert =
      connection_.prepare("INSERT OR REPLACE INTO placed_order VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& [tenant, position, event, order] : placed) {
    const auto shop = shops_.of(tenant).number;
    insert
        .bind_all(shop, position, event, order.order, order.user, stored(order.status), order.total,
                  order.currency.code(), order.units, order.at)
        .run();
    insert.reset();
    shops.insert(shop);
  }
  for (const auto shop : shops) {
    connection_
        .prepare(
            "DELETE FROM placed_order WHERE shop = ?1 AND position <= (SELECT position FROM placed_order"
            " WHERE shop = ?1 ORDER BY position DESC LIMIT 1 OFFSET ?2)")
        .bind_all(shop, static_cast<std::int64_t>(replay_bound))
        .run();
  }
}

}  // namespace cloudcart::analytics
