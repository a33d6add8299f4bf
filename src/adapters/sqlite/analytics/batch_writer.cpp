#include "adapters/sqlite/analytics/batch_writer.h"

#include <algorithm>
#include <set>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

std::size_t index(OrderStatus status) {
  return static_cast<std::size_t>(status);
}

template <class Enum>
std::int64_t stored(Enum value) {
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<PlacedOrder> BatchWriter::absorb(const events::LogRecord& record) {
  const auto& event = record.event;
  auto& shop = shops_.of(event.tenant);
  shop.last_event_at = std::max(shop.last_event_at.value_or(event.timestamp), event.timestamp);
  const auto known = load(shop.number, event.order_id);
  const auto change = change_of(known, event);
  const auto context = context_of(event, shop.number);
  write_facts(context, known, change);
  if (change.status_moved && known.ordered_at && event.kind == OrderKind::sale)
    move_status(shop.number, *known.ordered_at, known.status, change.status);
  if (change.placed || change.given_back) shop.include_flow(event.timestamp);
  if (change.given_back) count_given_back(context);
  if (!change.placed) return std::nullopt;
  count_placed(context, change.status);
  return PlacedOrder{event.tenant, record.position, event.event_id,
                     OrderSummary{event.order_id, customer_of(event), event.status, event.kind, event.total,
                                  event.currency, units_of(event), event.timestamp}};
}

BatchWriter::Known BatchWriter::load(std::int64_t shop, const OrderId& order) {
  auto row = connection_.prepare(
      "SELECT version, status, ordered_at, cancelled_at FROM order_fact WHERE shop = ? AND order_id = ?");
  row.bind_all(shop, order);
  if (!row.step()) return {};
  return {row.integer(0), static_cast<OrderStatus>(row.integer(1)),
          row.optional_integer(2).transform(from_unix_ms), row.optional_integer(3).transform(from_unix_ms),
          true};
}

BatchWriter::Change BatchWriter::change_of(const Known& known, const events::OrderEvent& event) {
  const bool newer = event.version > known.version;
  return {.status = newer ? event.status : known.status,
          .status_moved = newer && event.status != known.status,
          .placed = places_order(event) && !known.ordered_at,
          .given_back = gives_back(event) && !known.cancelled_at};
}

BatchWriter::Context BatchWriter::context_of(const events::OrderEvent& event, std::int64_t shop) {
  Context context{event, shop, std::nullopt, {}};
  if (const auto user = customer_of(event)) context.customer = customers_.of(shop, *user).number;
  for (const auto& line : event.lines) {
    auto& tally = context.lines[products_.number_of(shop, line, event.timestamp)];
    tally.add({.orders = 0, .quantity = line.quantity, .amount = line.subtotal.minor_units()});
    tally.orders = 1;
  }
  return context;
}

void BatchWriter::write_facts(const Context& context, const Known& known, const Change& change) {
  const auto& [event, shop, customer, lines] = context;
  if (!known.exists) {
    connection_
        .prepare(
            "INSERT INTO order_fact(shop, order_id, customer, kind, currency, version, status)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)")
        .bind_all(shop, event.order_id, customer, stored(event.kind), event.currency.code(), event.version,
                  stored(change.status))
        .run();
  } else if (event.version > known.version) {
    connection_.prepare("UPDATE order_fact SET version = ?, status = ? WHERE shop = ? AND order_id = ?")
        .bind_all(event.version, stored(change.status), shop, event.order_id)
        .run();
  }
  if (!change.placed && !change.given_back) return;
  const auto units = units_of(event);
  const std::string packed = pack(lines);
  if (change.placed || event.kind == OrderKind::credit_note) {
    auto update = connection_.prepare(
        "UPDATE order_fact SET ordered_at = ?, total = ?, units = ?, lines = ? WHERE shop = ? AND order_id = "
        "?");
    update.bind_all(event.timestamp, event.total, units);
    change.placed ? update.bind_blob(packed) : update.bind_null();
    update.bind_all(shop, event.order_id).run();
  }
  if (change.given_back) {
    connection_
        .prepare(
            "UPDATE order_fact SET cancelled_at = ?, cancelled_total = ?, cancelled_lines = ?"
            " WHERE shop = ? AND order_id = ?")
        .bind_all(event.timestamp, event.total)
        .bind_blob(packed)
        .bind_all(shop, event.order_id)
        .run();
  }
}

template <class Apply>
void BatchWriter::for_each_grain(std::int64_t shop, Timestamp at, Apply apply) {
  apply(sales_[{shop, Grain::all_time, 0}]);
  apply(sales_[{shop, Grain::day, day_number(day_of(at, days_))}]);
  apply(sales_[{shop, Grain::quarter_hour, quarter_of(at)}]);
}

void BatchWriter::count_placed(const Context& context, OrderStatus status) {
  const auto& event = context.event;
  const SalesFigures flows{.placed_orders = 1, .placed_units = units_of(event), .gross = event.total};
  for_each_grain(context.shop, event.timestamp, [&](SalesChange& change) {
    change.flows.add_flows(flows);
    ++change.statuses[index(status)];
    if (context.customer) change.customers.add(*context.customer);
  });
  count_first_order(context);
  count_tallies(context, true);
}

void BatchWriter::count_given_back(const Context& context) {
  const auto& event = context.event;
  const SalesFigures flows{.cancelled_orders = event.kind == OrderKind::sale ? 1 : 0,
                           .cancelled_units = units_of(event),
                           .cancelled = event.total};
  for_each_grain(context.shop, event.timestamp, [&](SalesChange& change) { change.flows.add_flows(flows); });
  count_tallies(context, false);
}

/// A customer is new where the earliest order is; an older order that comes in late takes that over.
void BatchWriter::count_first_order(const Context& context) {
  const auto user = customer_of(context.event);
  if (!user) return;
  auto& customer = customers_.of(context.shop, *user);
  const auto placed_at = context.event.timestamp;
  if (customer.first_order_at && *customer.first_order_at <= placed_at) return;
  if (customer.first_order_at)
    for_each_grain(context.shop, *customer.first_order_at, [](SalesChange& c) { --c.flows.new_customers; });
  for_each_grain(context.shop, placed_at, [](SalesChange& c) { ++c.flows.new_customers; });
  customer.first_order_at = placed_at;
  customer.changed = true;
}

void BatchWriter::move_status(std::int64_t shop, Timestamp ordered_at, OrderStatus from, OrderStatus to) {
  for_each_grain(shop, ordered_at, [&](SalesChange& change) {
    --change.statuses[index(from)];
    ++change.statuses[index(to)];
  });
}

void BatchWriter::count_tallies(const Context& context, bool placed) {
  const auto& event = context.event;
  const auto time = to_unix_ms(event.timestamp);
  const auto day = day_number(day_of(event.timestamp, days_));
  const auto count = [&](Subject subject, std::int64_t of_day, std::int64_t number, Tally tally) {
    if (!placed) tally = {0, -tally.quantity, -tally.amount, tally.newest_at};
    tallies_[{context.shop, subject, of_day, block_of(subject, number)}][number].add(tally);
  };
  for (const auto& [number, tally] : context.lines) {
    count(Subject::product, day, number, tally);
    count(Subject::product_of_all_time, 0, number, {tally.orders, tally.quantity, tally.amount, time});
  }
  // Of a customer the time of the last order is kept, of a product the time of its name.
  if (context.customer)
    count(Subject::customer, day, *context.customer, {1, 0, event.total.minor_units(), placed ? time : 0});
}

void BatchWriter::store() {
  shops_.store();
  customers_.store();
  for (const auto& [key, change] : sales_)
    std::apply([&](auto... part) { store_sales(part..., change); }, key);
  for (const auto& [key, changes] : tallies_)
    std::apply([&](auto... part) { store_tally(part..., changes); }, key);
}

CustomerSet BatchWriter::stored_customers(std::int64_t shop, Grain grain, std::int64_t bucket) {
  auto row = connection_.prepare("SELECT customers FROM sales WHERE shop = ? AND grain = ? AND bucket = ?");
  row.bind_all(shop, stored(grain), bucket);
  return row.step() ? CustomerSet(row.text(0)) : CustomerSet();
}

void BatchWriter::store_sales(std::int64_t shop, Grain grain, std::int64_t bucket,
                              const SalesChange& change) {
  std::optional<std::string> customers;
  if (grain != Grain::all_time && !change.customers.empty()) {
    auto all = stored_customers(shop, grain, bucket);
    all.add(change.customers);
    customers = all.bytes();
  }
  auto upsert = connection_.prepare(
      "INSERT INTO sales VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT(shop, grain, bucket) DO UPDATE SET"
      " placed_orders = placed_orders + excluded.placed_orders, placed_units = placed_units + "
      "excluded.placed_units,"
      " gross = gross + excluded.gross, cancelled_orders = cancelled_orders + excluded.cancelled_orders,"
      " cancelled_units = cancelled_units + excluded.cancelled_units, cancelled = cancelled + "
      "excluded.cancelled,"
      " new_customers = new_customers + excluded.new_customers, now_pending = now_pending + "
      "excluded.now_pending,"
      " now_confirmed = now_confirmed + excluded.now_confirmed,"
      " now_processing = now_processing + excluded.now_processing, now_shipped = now_shipped + "
      "excluded.now_shipped,"
      " now_delivered = now_delivered + excluded.now_delivered, now_cancelled = now_cancelled + "
      "excluded.now_cancelled,"
      " customers = coalesce(excluded.customers, customers)");
  const auto& flows = change.flows;
  upsert.bind_all(shop, stored(grain), bucket, flows.placed_orders, flows.placed_units, flows.gross,
                  flows.cancelled_orders, flows.cancelled_units, flows.cancelled, flows.new_customers);
  for (const auto count : change.statuses) upsert.bind(count);
  customers ? upsert.bind_blob(*customers) : upsert.bind_null();
  upsert.run();
}

void BatchWriter::store_tally(std::int64_t shop, Subject subject, std::int64_t day, std::int64_t block,
                              const Tallies& changes) {
  auto merged = stored_tallies(shop, subject, day, block);
  for (const auto& [number, change] : changes) {
    auto& tally = merged[number];
    if (subject == Subject::product_of_all_time) products_.settle_name(number, from_unix_ms(tally.newest_at));
    tally.add(change);
  }
  const std::string packed = pack(merged);
  connection_
      .prepare(
          "INSERT INTO tally(shop, subject, day, block, entries) VALUES(?, ?, ?, ?, ?)"
          " ON CONFLICT(shop, subject, block, day) DO UPDATE SET entries = excluded.entries")
      .bind_all(shop, stored(subject), day, block)
      .bind_blob(packed)
      .run();
}

Tallies BatchWriter::stored_tallies(std::int64_t shop, Subject subject, std::int64_t day,
                                    std::int64_t block) {
  Tallies tallies;
  auto row = connection_.prepare(
      "SELECT entries FROM tally WHERE shop = ? AND subject = ? AND day = ? AND block = ?");
  row.bind_all(shop, stored(subject), day, block);
  if (!row.step()) return tallies;
  for (TallyCursor entry(row.text(0)); entry.next();)
    tallies.emplace_hint(tallies.end(), entry.number(), entry.tally());
  return tallies;
}

void BatchWriter::remember(const std::vector<PlacedOrder>& placed) {
  std::set<std::int64_t> shops;
  auto insert = connection_.prepare("INSERT INTO placed_order VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
