#include "adapters/sqlite/analytics/fact_reader.h"

#include "adapters/sqlite/analytics/packed_lines.h"

namespace cloudcart::analytics {
namespace {

Currency currency_at(const sqlite::Statement& row, int column) {
  return Currency::parse(row.text(column)).value();
}

std::optional<Timestamp> time_at(const sqlite::Statement& row, int column) {
  return row.optional_integer(column).transform(from_unix_ms);
}

std::uint32_t number_at(const sqlite::Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

std::int64_t units_of(const std::vector<ItemLine>& lines) {
  std::int64_t units = 0;
  for (const auto& line : lines) units += line.quantity;
  return units;
}

Sale sale_at(const sqlite::Statement& row, int time_column, std::string_view packed) {
  Sale sale{row.timestamp(time_column), row.integer(time_column + 1), 0, unpack(packed)};
  sale.units = units_of(sale.lines);
  return sale;
}

/// Columns: number, customer, order_id, status, kind, then placed_at, amount, lines, given_back_at,
/// given_back_amount, given_back_lines, shipped_at, delivered_at.
OrderChange change_at(const sqlite::Statement& row) {
  OrderChange change{.number = number_at(row, 0),
                     .customer = number_at(row, 1),
                     .order = row.id<OrderId>(2),
                     .status = static_cast<OrderStatus>(row.integer(3)),
                     .kind = static_cast<OrderKind>(row.integer(4))};
  if (!row.is_null(5)) change.placed = sale_at(row, 5, row.text(7));
  if (!row.is_null(8)) change.given_back = sale_at(row, 8, row.text(row.is_null(10) ? 7 : 10));
  if (!change.placed) return change;
  change.shipped_at = time_at(row, 11);
  change.delivered_at = time_at(row, 12);
  return change;
}

void count_sale(SalesFigures& figures, const Sale& sale) {
  figures.add_flows({.placed_orders = 1, .placed_units = sale.units, .gross = Money{sale.amount}});
}

void count_given_back(SalesFigures& figures, const OrderChange& change) {
  const auto& sale = *change.given_back;
  figures.add_flows({.cancelled_orders = change.kind == OrderKind::sale,
                     .cancelled_units = sale.units,
                     .cancelled = Money{sale.amount}});
}

}  // namespace

FactReader::Generation FactReader::asked() {
  auto row = connection_.prepare("SELECT number, position FROM generation WHERE is_asked");
  if (!row.step()) return {};
  return {row.integer(0), row.integer(1)};
}

std::int64_t FactReader::dead_letters(std::int64_t generation) {
  auto row = connection_.prepare("SELECT count(*) FROM dead_letter WHERE generation = ?");
  row.bind(generation).step();
  return row.integer(0);
}

std::vector<FactReader::Shop> FactReader::shops(std::int64_t generation) {
  auto rows = connection_.prepare("SELECT number, tenant, last_event_at FROM shop WHERE generation = ?");
  rows.bind(generation);
  std::vector<Shop> shops;
  while (rows.step()) shops.push_back({rows.integer(0), TenantId{rows.string(1)}, time_at(rows, 2)});
  return shops;
}

std::int64_t FactReader::shop_number(const TenantId& tenant) {
  auto row = connection_.prepare(
      "SELECT shop.number FROM shop JOIN generation ON generation.number = shop.generation"
      " WHERE is_asked AND tenant = ?");
  row.bind(tenant.value);
  return row.step() ? row.integer(0) : 0;
}

void FactReader::for_each_order(std::int64_t shop, const std::function<void(ChangedOrder)>& visit) {
  auto rows = connection_.prepare(
      "SELECT order_fact.number, customer, order_id, status, kind, placed_at, amount, lines, given_back_at,"
      " given_back_amount, given_back_lines, shipped_at, delivered_at, currency"
      " FROM order_fact WHERE shop = ? ORDER BY number");
  rows.bind(shop);
  while (rows.step()) {
    ChangedOrder order{change_at(rows), std::nullopt};
    const auto& change = order.change;
    if (const auto& sale = change.placed ? change.placed : change.given_back;
        sale && (change.placed || change.kind == OrderKind::credit_note))
      order.summary = OrderSummary{change.order,        std::nullopt,          change.status, change.kind,
                                   Money{sale->amount}, currency_at(rows, 13), sale->units,   sale->at};
    visit(std::move(order));
  }
}

void FactReader::teach(const Shop& shop, const std::function<void(Lesson)>& learn) {
  if (shop.last_event_at) learn(LastEvent{*shop.last_event_at});
  auto customers = connection_.prepare("SELECT number, user_id FROM customer WHERE shop = ? ORDER BY number");
  customers.bind(shop.number);
  std::vector<UserId> users{UserId{}};
  while (customers.step()) {
    users.push_back(customers.id<UserId>(1));
    learn(NewCustomer{number_at(customers, 0), users.back()});
  }
  auto items = connection_.prepare(
      "SELECT number, product_id, category, named_at, name FROM item WHERE shop = ? ORDER BY number");
  items.bind(shop.number);
  while (items.step()) {
    learn(NewItem{number_at(items, 0), items.id<ProductId>(1), items.string(2)});
    learn(ItemName{number_at(items, 0), items.timestamp(3), items.string(4)});
  }
  for_each_order(shop.number, [&](ChangedOrder order) {
    if (order.summary && order.change.customer != no_customer)
      order.summary->user = users.at(order.change.customer);
    learn(std::move(order));
  });
}

Totals FactReader::totals(const TenantId& tenant) {
  const auto generation = asked();
  Totals totals{.position = generation.position, .all = {}, .by_utc_day = {}, .dead_letters = {}};
  for_each_order(shop_number(tenant), [&](const ChangedOrder& order) {
    using std::chrono::days;
    const auto& change = order.change;
    if (change.placed) count_sale(totals.by_utc_day[floor<days>(change.placed->at)], *change.placed);
    if (change.given_back) count_given_back(totals.by_utc_day[floor<days>(change.given_back->at)], change);
  });
  for (const auto& [day, figures] : totals.by_utc_day) totals.all.add_flows(figures);
  auto letters = connection_.prepare(
      "SELECT position FROM dead_letter WHERE generation = ? AND tenant = ? ORDER BY position");
  letters.bind_all(generation.number, tenant.value);
  while (letters.step()) totals.dead_letters.push_back(letters.integer(0));
  return totals;
}

std::vector<PlacedOrder> FactReader::placed_after(const TenantId& tenant, std::int64_t after) {
  auto rows = connection_.prepare(
      "SELECT position, event_id, order_id, user_id, status, total, currency, units, placed_at FROM "
      "placed_order"
      " WHERE shop = ? AND position > ? ORDER BY position");
  rows.bind_all(shop_number(tenant), after);
  std::vector<PlacedOrder> placed;
  while (rows.step()) {
    const auto user = rows.is_null(3) ? std::nullopt : std::optional{rows.id<UserId>(3)};
    placed.push_back(
        {tenant, rows.integer(0), rows.id<EventId>(1),
         OrderSummary{rows.id<OrderId>(2), user, static_cast<OrderStatus>(rows.integer(4)), OrderKind::sale,
                      rows.money(5), currency_at(rows, 6), rows.integer(7), rows.timestamp(8)}});
  }
  return placed;
}

}  // namespace cloudcart::analytics
