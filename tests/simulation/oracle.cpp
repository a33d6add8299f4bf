#include "simulation/oracle.h"

#include <algorithm>

#include "analytics/domain/report_queries.h"
#include "analytics/http/reconciliation_json.h"
#include "app/platform/in_process.h"

namespace cloudcart::simulation {
namespace {

using product::ReservationState;
using product::Stock;

/// The contract's own words, not the product's function: that one may be wrong.
bool is_legal(OrderStatus from, OrderStatus to) {
  using enum OrderStatus;
  const std::set<std::pair<OrderStatus, OrderStatus>> legal{
      {pending, confirmed}, {confirmed, processing}, {processing, shipped},  {shipped, delivered},
      {pending, cancelled}, {confirmed, cancelled},  {processing, cancelled}};
  return legal.contains({from, to});
}

std::int64_t units_of(const std::vector<events::EventLine>& lines) {
  std::int64_t units = 0;
  for (const auto& line : lines) units += line.quantity;
  return units;
}

std::string text_of(const Stock& stock) {
  return fmt::format("{} available, {} reserved, {} sold", stock.available, stock.reserved, stock.sold);
}

/// Whether an error says that this attempt has left no order.
bool leaves_nothing(ErrorCode code) {
  return code != ErrorCode::outcome_unknown && code != ErrorCode::internal;
}

}  // namespace

void Oracle::check_step() {
  check_log();
  check_stock();
  check_analytics();
}

void Oracle::check_log() {
  const auto& log = disks_.orders.log;
  if (log.size() < log_checked_) context_.violate("durable", "the log has become shorter");
  while (log_checked_ < log.size()) {
    const auto& [position, event] = log[log_checked_++];
    if (position != static_cast<std::int64_t>(log_checked_))
      context_.violate("log", "a position is out of order");
    check_event(event);
  }
  if (disks_.orders.orders.size() != trails_.size())
    context_.violate("whole",
                     fmt::format("{} orders, but events of {}", disks_.orders.orders.size(), trails_.size()));
}

void Oracle::check_event(const events::OrderEvent& event) {
  const auto name = shorten(event.order_id);
  context_.trace("event {} version {} of order {}", event.type, event.version, name);
  if (!event_ids_.insert(event.event_id).second) context_.violate("log", "an event id came twice");
  auto& trail = trails_[event.order_id];
  if (event.version != trail.version + 1)
    context_.violate("log", fmt::format("order {}: version {} after {}", name, event.version, trail.version));
  if (event.version > 1 && !is_legal(trail.status, event.status))
    context_.violate("transitions",
                     fmt::format("order {}: {} after {}", name, cloudcart::to_string(event.status),
                                 cloudcart::to_string(trail.status)));
  trail.version = event.version;
  trail.status = event.status;
  trail.was_confirmed |= event.status == OrderStatus::confirmed;

  const auto found = disks_.orders.orders.find({event.tenant, event.order_id});
  if (found == disks_.orders.orders.end())
    return context_.violate("whole", "an event of order " + name + " without the order");
  const auto& order = found->second;
  if (order.version != event.version || order.status != event.status)
    context_.violate("whole", "order " + name + " is not in the state of its last event");
  if ((event.is_created() || event.is_cancelled()) &&
      (event.lines != order.lines || event.total != order.total))
    context_.violate("whole", "an event of order " + name + " tells of other lines than the order has");
  if (event.is_created()) check_created(order, event);
}

void Oracle::check_created(const order::Order& order, const events::OrderEvent& event) {
  const auto name = shorten(order.id);
  context_.tally.seen("order: committed");
  if (event.version != 1 || order.status != OrderStatus::pending)
    context_.violate("transitions", "order " + name + " is born old");
  if (!order_of_address_.emplace(order.shipping_address, order.id).second)
    context_.violate("one key, one order", "a second order for " + order.shipping_address);
  Money total;
  for (const auto& line : order.lines) {
    if (line.price.times(line.quantity) != line.subtotal)
      context_.violate("to the cent", "a subtotal is wrong");
    total = total.plus(line.subtotal).value();
  }
  if (total != order.total) context_.violate("to the cent", "the total of order " + name + " is wrong");

  const auto& reservations = disks_.products.shops[order.tenant].reservations;
  const auto held = reservations.find(order.id);
  if (held == reservations.end())
    return context_.violate("whole", "order " + name + " without a reservation");
  if (held->second.state == ReservationState::released)
    context_.violate("never oversold", "order " + name + " was committed after its stock went back");
  const bool same =
      std::ranges::equal(held->second.lines, order.lines, [](const auto& reserved, const auto& line) {
        return reserved.product_id == line.product_id && reserved.quantity == line.quantity &&
               reserved.price == line.price;
      });
  if (!same) context_.violate("whole", "order " + name + " has other lines than its reservation");
}

void Oracle::check_stock() {
  const auto& shop = disks_.products.shops[TenantId{}];
  std::size_t movements = 0;
  for (const auto& [id, entries] : shop.ledger) movements += entries.size();
  if (movements == movements_checked_ && shop.reservations.size() == reservations_checked_) return;
  movements_checked_ = movements;
  for (const auto& [id, entries] : shop.ledger) follow_ledger(id, entries);
  reservations_checked_ = shop.reservations.size();
  for (const auto& [id, kept] : shop.stock) {
    if (kept != by_ledger_[id].second)
      context_.violate("never oversold", fmt::format("product {}: {}; by its ledger {}", shorten(id),
                                                     text_of(kept), text_of(by_ledger_[id].second)));
    if (kept.available < 0 || kept.reserved < 0 || kept.sold < 0)
      context_.violate("never oversold", fmt::format("product {}: {}", shorten(id), text_of(kept)));
  }
  check_reservations(shop.stock);
}

void Oracle::follow_ledger(ProductId id, const std::vector<product::StockMovement>& entries) {
  auto& [checked, sum] = by_ledger_[id];
  while (checked < entries.size()) {
    const auto& entry = entries[checked++];
    context_.trace("stock of {}: {} {}{}", shorten(id), product::to_string(entry.movement), entry.delta,
                   entry.order_id ? " for order " + shorten(*entry.order_id) : "");
    if (entry.sequence != static_cast<std::int64_t>(checked))
      context_.violate("log", "the stock ledger has a gap");
    if (entry.movement == product::Movement::adjust && entry.note &&
        entry.note->reason.starts_with("wish ") && !adjusted_.insert(entry.note->reason).second)
      context_.violate("one key, one order", "an adjustment with a key was made twice");
    sum = product::after(sum, entry.movement, entry.delta);
  }
}

void Oracle::check_reservations(const std::map<ProductId, Stock>& stock) {
  std::map<ProductId, Stock> held;
  for (const auto& [order_id, reservation] : disks_.products.shops[TenantId{}].reservations) {
    const auto trail = trails_.find(order_id);
    const bool is_placed = trail != trails_.end();
    if (reservation.state == ReservationState::sold && !(is_placed && trail->second.was_confirmed))
      context_.violate("never oversold",
                       "stock of order " + shorten(order_id) + " is sold before the order was confirmed");
    if (reservation.state == ReservationState::released) {
      if (is_placed && trail->second.status != OrderStatus::cancelled)
        context_.violate("never oversold",
                         "stock of order " + shorten(order_id) + " went back, and the order stands");
      continue;
    }
    for (const auto& line : reservation.lines)
      (reservation.state == ReservationState::sold ? held[line.product_id].sold
                                                   : held[line.product_id].reserved) += line.quantity;
  }
  for (const auto& [id, kept] : stock) {
    if (kept.reserved != held[id].reserved || kept.sold != held[id].sold)
      context_.violate("never oversold", fmt::format("product {}: {}; orders hold {} and {}", shorten(id),
                                                     text_of(kept), held[id].reserved, held[id].sold));
  }
}

void Oracle::follow_sums() {
  while (sums_.size() < followed_.size()) {
    const auto& [position, event] = followed_[sums_.size()];
    auto sums = sums_.empty() ? Sums{} : sums_.back().second;
    const bool counts = event.is_created() || event.is_cancelled();
    if (counts && summed_.insert({event.order_id, event.is_created()}).second) {
      (event.is_created() ? sums.placed : sums.cancelled) += 1;
      (event.is_created() ? sums.placed_units : sums.cancelled_units) += units_of(event.lines);
      auto& money = event.is_created() ? sums.gross : sums.given_back;
      money = money.plus(event.total).value();
    } else if (counts) {
      context_.tally.seen("log: an event delivered again");
    }
    sums_.emplace_back(position, sums);
  }
}

void Oracle::check_analytics() {
  auto& disk = disks_.analytics;
  const auto position = at_once(disk.store.position(Deadline::max())).value();
  if (position == analytics_checked_) return;
  if (position < analytics_checked_) context_.violate("to the cent", "the position of analytics went back");
  analytics_checked_ = position;
  follow_sums();
  const auto after =
      std::ranges::upper_bound(sums_, position, {}, [](const auto& entry) { return entry.first; });
  const auto expected = after == sums_.begin() ? Sums{} : std::prev(after)->second;
  const auto totals = at_once(disk.store.totals({}, Deadline::max())).value().all;
  const Sums counted{.placed = totals.placed_orders,
                     .cancelled = totals.cancelled_orders,
                     .placed_units = totals.placed_units,
                     .cancelled_units = totals.cancelled_units,
                     .gross = totals.gross.plus(disk.counted_twice).value(),
                     .given_back = totals.cancelled};
  if (counted != expected)
    context_.violate(
        "to the cent",
        fmt::format("analytics at {}: {} orders of {}, {} cancelled of {}; the log says {} of {}, {} of {}",
                    position, counted.placed, counted.gross.to_string(), counted.cancelled,
                    counted.given_back.to_string(), expected.placed, expected.gross.to_string(),
                    expected.cancelled, expected.given_back.to_string()));
}

Purchase& Oracle::purchase(UserId buyer, UserId user, std::optional<IdempotencyKey> key,
                           std::vector<order::LineRequest> lines) {
  purchases_.push_back(std::make_unique<Purchase>());
  auto& made = *purchases_.back();
  made.user = user;
  made.buyer = buyer;
  made.key = std::move(key);
  made.lines = std::move(lines);
  made.address = fmt::format("{} Simulation Street", purchases_.size());
  return made;
}

bool Oracle::is_key_spent_on_other(const Purchase& purchase) const {
  return purchase.key && std::ranges::any_of(purchases_, [&](const auto& other) {
           return other.get() != &purchase && other->buyer == purchase.buyer && other->key == purchase.key &&
                  !other->answered.empty();
         });
}

void Oracle::attempt_answered(Purchase& purchase, const Result<order::Order>& answer, bool key_was_spent) {
  context_.trace("answer to {}: {}", purchase.address, describe(answer));
  if (!answer) {
    const auto code = answer.error().code;
    if (code == ErrorCode::internal)
      context_.violate("no defects", "an order was answered: " + answer.error().message);
    purchase.may_have_happened |= !leaves_nothing(code);
    return;
  }
  if (key_was_spent) context_.violate("one key, one order", "a spent key answered an order for another body");
  purchase.answered.insert(answer->id);
  if (purchase.answered.size() > 1)
    context_.violate("one key, one order", "a key was answered with two orders");
  const auto found = disks_.orders.orders.find({TenantId{}, answer->id});
  if (found == disks_.orders.orders.end())
    return context_.violate("durable", "an order was answered that is not there");
  if (*answer != found->second.as_placed() || answer->shipping_address != purchase.address)
    context_.violate("one key, one order", "the answer is not the order as it was placed");
  order_answered(*answer);
  stock_answered(answer->id, purchase.lines);
}

void Oracle::order_answered(const order::Order& order) {
  auto& known = answered_versions_[order.id];
  known = std::max(known, order.version);
}

void Oracle::transition_answered(const order::Order& order) {
  order_answered(order);
  if (!context_.plan.calm) return;
  const auto& reservations = disks_.products.shops[order.tenant].reservations;
  const auto held = reservations.find(order.id);
  if (held == reservations.end()) return;
  const bool is_right = order.status == OrderStatus::cancelled
                            ? held->second.state == ReservationState::released
                            : held->second.state != ReservationState::reserved;
  if (!is_right)
    context_.violate("fresh reads",
                     fmt::format("order {} was answered as {}, and its stock is still {}", shorten(order.id),
                                 cloudcart::to_string(order.status), product::to_string(held->second.state)));
}

std::int64_t Oracle::answered_version(OrderId id) const {
  const auto found = answered_versions_.find(id);
  return found == answered_versions_.end() ? 0 : found->second;
}

bool Oracle::holds_for_nobody() const {
  return std::ranges::any_of(disks_.products.shops[TenantId{}].reservations, [&](const auto& entry) {
    return entry.second.state != ReservationState::released && !trails_.contains(entry.first);
  });
}

void Oracle::check_end() {
  check_step();
  check_purchases();
  check_settled_stock();
  check_reports();
}

void Oracle::check_purchases() {
  std::map<std::pair<UserId, std::string>, std::set<OrderId>> orders_of_key;
  for (const auto& purchase : purchases_) {
    const auto made = order_of_address_.find(purchase->address);
    const bool is_made = made != order_of_address_.end();
    if (is_made && purchase->key) orders_of_key[{purchase->buyer, purchase->key->value}].insert(made->second);
    for (const auto& id : purchase->answered)
      if (!is_made || made->second != id)
        context_.violate("durable", "order " + shorten(id) + " was answered and is gone");
    if (is_made && purchase->answered.empty() && !purchase->may_have_happened)
      context_.violate("no ghosts", purchase->address + " was refused, and made an order");
    if (purchase->key && !purchase->is_settled)
      context_.violate("no ghosts", "asking again with the same key did not settle " + purchase->address);
  }
  for (const auto& [key, orders] : orders_of_key)
    if (orders.size() > 1)
      context_.violate("one key, one order", "key " + key.second + " made several orders");
}

void Oracle::check_settled_stock() {
  for (const auto& [order_id, reservation] : disks_.products.shops[TenantId{}].reservations) {
    const auto trail = trails_.find(order_id);
    if (trail == trails_.end()) {
      if (reservation.state == ReservationState::released) continue;
      context_.violate("no ghosts",
                       "stock of order " + shorten(order_id) + " is held, and the order never came");
      continue;
    }
    auto expected = trail->second.was_confirmed ? ReservationState::sold : ReservationState::reserved;
    if (trail->second.status == OrderStatus::cancelled) expected = ReservationState::released;
    if (reservation.state != expected)
      context_.violate("settled", fmt::format("order {} is {}, but its stock is {}", shorten(order_id),
                                              cloudcart::to_string(trail->second.status),
                                              product::to_string(reservation.state)));
  }
}

void Oracle::check_reports() {
  auto& store = disks_.analytics.store;
  order::MemoryOrderLedger orders(disks_.orders);
  app::InProcessLedger ledger(orders);
  const auto books = at_once(ledger.totals({}, Deadline::max())).value();
  const auto counted = at_once(store.totals({}, Deadline::max())).value();
  if (const auto compared = analytics::reconcile(books, counted); !compared.equal) {
    JsonWriter json;
    json.begin_object();
    analytics::write_reconciliation(json, compared);
    analytics::write_differing_days(json, compared);
    context_.violate("to the cent", "analytics and ledger differ: " + json.end_object().str());
  }

  analytics::StatusCounts statuses{};
  std::map<ProductId, Money> revenue;
  for (const auto& [id, order] : disks_.orders.orders) {
    ++statuses[static_cast<std::size_t>(order.status)];
    if (order.status == OrderStatus::cancelled) continue;
    for (const auto& line : order.lines)
      revenue[line.product_id] = revenue[line.product_id].plus(line.subtotal).value();
  }
  const analytics::ReportRequest request{.top_products = 100, .statuses = true, .recent_orders = 1000};
  const auto report = analytics::report_from(
      request, at_once(store.ask({}, analytics::questions_of(request), Deadline::max())).value());
  if (report.statuses != statuses)
    context_.violate("to the cent", "analytics counts other statuses than the orders have");
  if (report.recent_orders.size() != disks_.orders.orders.size())
    context_.violate("to the cent", "analytics knows other orders");
  for (const auto& sales : report.products)
    if (sales.revenue != revenue[sales.product])
      context_.violate("to the cent", "the revenue of a product is wrong");
}

void Oracle::product_changed(product::ChangeNumber number, ProductId id) {
  const auto product = disks_.products.shops[TenantId{}].find(id);
  auto& states = products_[id];
  const ProductState now{product->price, product->inventory_count};
  // The number of a write that found nothing to change is not one of this product's.
  if (states.empty() || states.rbegin()->second != now) states.emplace(number, now);
}

void Oracle::price_answered(ProductId id, Money price) {
  auto& due = answered_changes_[id];
  if (const auto found = price_changes_.find({id, price}); found != price_changes_.end())
    due = std::max(due, found->second);
}

void Oracle::stock_answered(OrderId order, const std::vector<order::LineRequest>& lines) {
  const auto found = order_changes_.find(order);
  if (found == order_changes_.end()) return;
  for (const auto& line : lines)
    answered_changes_[line.product_id] = std::max(answered_changes_[line.product_id], found->second);
}

product::ChangeNumber Oracle::due_change(ProductId id) const {
  const auto found = answered_changes_.find(id);
  return found == answered_changes_.end() ? 0 : found->second;
}

const Oracle::ProductState* Oracle::state_at(ProductId id, product::ChangeNumber as_of) const {
  const auto found = products_.find(id);
  if (found == products_.end()) return nullptr;
  const auto after = found->second.upper_bound(as_of);
  return after == found->second.begin() ? nullptr : &std::prev(after)->second;
}

void Oracle::product_read(ProductId id, product::ChangeNumber due, product::ChangeNumber as_of, Money price,
                          std::int64_t count) {
  const auto* state = state_at(id, as_of);
  if (!state || state->price != price || state->count != count)
    context_.violate("fresh reads",
                     fmt::format("product {} as of change {} was never like that", shorten(id), as_of));
  if (!context_.plan.is_flawless(Port::cache)) return;
  const auto* due_state = state_at(id, due);
  if (due_state && state != due_state && as_of < due)
    context_.violate("fresh reads",
                     fmt::format("product {} as of change {}, after change {} was answered or seen",
                                 shorten(id), as_of, due));
}

}  // namespace cloudcart::simulation
