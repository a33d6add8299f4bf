#include "order/domain/order.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace cloudcart::order {
namespace {

constexpr std::array<std::string_view, 3> payment_words{"pending", "paid", "refunded"};

std::unexpected<Error> too_large() {
  return fail(Error::validation({{"items", "must have a total that fits an amount of money"}}));
}

Result<OrderLine> price_line(PricedLine line) {
  const auto subtotal = line.price.times(line.quantity);
  if (!subtotal) return too_large();
  return OrderLine{
      line.product_id, std::move(line.product_name), std::move(line.category_name), line.quantity, line.price,
      *subtotal};
}

bool is_created(const Order& order) {
  return order.version == 1 && order.kind == OrderKind::sale;
}

}  // namespace

std::string_view to_string(PaymentStatus status) {
  return payment_words[static_cast<std::size_t>(status)];
}

std::optional<PaymentStatus> parse_payment_status(std::string_view word) {
  const auto found = std::ranges::find(payment_words, word);
  if (found == payment_words.end()) return std::nullopt;
  return static_cast<PaymentStatus>(found - payment_words.begin());
}

bool may_follow(OrderStatus from, OrderStatus to) {
  switch (from) {
    case OrderStatus::pending:
      return to == OrderStatus::confirmed || to == OrderStatus::cancelled;
    case OrderStatus::confirmed:
      return to == OrderStatus::processing || to == OrderStatus::cancelled;
    case OrderStatus::processing:
      return to == OrderStatus::shipped || to == OrderStatus::cancelled;
    case OrderStatus::shipped:
      return to == OrderStatus::delivered;
    case OrderStatus::delivered:
      return false;
    case OrderStatus::cancelled:
      return false;
  }
  return false;
}

std::vector<OrderStatus> next_statuses(OrderStatus status) {
  std::vector<OrderStatus> next;
  std::ranges::copy_if(all_order_statuses, std::back_inserter(next),
                       [status](OrderStatus other) { return may_follow(status, other); });
  return next;
}

bool is_final(OrderStatus status) {
  return next_statuses(status).empty();
}

Result<Order> Order::place(Placement placement, std::vector<PricedLine> priced_lines) {
  if (priced_lines.empty()) return fail(Error::validation({{"items", "must hold at least one line"}}));
  Order order;
  order.id = placement.id;
  order.tenant = std::move(placement.tenant);
  order.user_id = placement.user_id;
  order.currency = placement.currency;
  order.shipping_address = std::move(placement.shipping_address);
  order.created_at = order.updated_at = placement.placed_at;
  order.lines.reserve(priced_lines.size());
  for (auto& priced : priced_lines) {
    CLOUDCART_TRY(auto line, price_line(std::move(priced)));
    const auto total = order.total.plus(line.subtotal);
    if (!total) return too_large();
    order.total = *total;
    order.lines.push_back(std::move(line));
  }
  return order;
}

Status Order::move_to(OrderStatus next, Timestamp now) {
  if (!may_follow(status, next)) {
    return fail(ErrorCode::invalid_transition,
                fmt::format("An order that is {} cannot become {}.", cloudcart::to_string(status),
                            cloudcart::to_string(next)));
  }
  status = next;
  // Never before the last change, though the clock may have stepped back: a history reads in order of time.
  updated_at = std::max(updated_at, now);
  ++version;
  if (next == OrderStatus::confirmed) payment_status = PaymentStatus::paid;
  if (next == OrderStatus::cancelled) {
    cancelled_at = updated_at;
    if (payment_status == PaymentStatus::paid) payment_status = PaymentStatus::refunded;
  }
  return {};
}

Status Order::cancel(Timestamp now) {
  if (status != OrderStatus::pending && status != OrderStatus::confirmed) {
    return fail(
        ErrorCode::invalid_transition,
        fmt::format("An order that is {} cannot be cancelled any more.", cloudcart::to_string(status)));
  }
  return move_to(OrderStatus::cancelled, now);
}

Order Order::as_placed() const {
  Order placed = *this;
  placed.status = OrderStatus::pending;
  placed.payment_status = PaymentStatus::pending;
  placed.updated_at = created_at;
  placed.cancelled_at.reset();
  placed.version = 1;
  return placed;
}

bool event_tells_lines(const Order& order) {
  return is_created(order) || order.status == OrderStatus::cancelled;
}

Error closed_already() {
  return {ErrorCode::deadline_exceeded,
          "The order took so long that its stock went back; nothing was ordered, try again.",
          {}};
}

events::OrderEvent event_of(const Order& order, EventId event_id, std::string traceparent) {
  events::OrderEvent event;
  event.event_id = event_id;
  event.tenant = order.tenant;
  event.type = is_created(order) ? "order.created" : fmt::format("order.{}", to_string(order.status));
  event.version = order.version;
  event.order_id = order.id;
  event.user_id = order.user_id;
  event.status = order.status;
  event.kind = order.kind;
  event.total = order.total;
  event.currency = order.currency;
  if (event_tells_lines(order)) event.lines = order.lines;
  event.timestamp = order.updated_at;
  event.traceparent = std::move(traceparent);
  return event;
}

}  // namespace cloudcart::order
