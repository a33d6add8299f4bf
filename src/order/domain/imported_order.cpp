#include "order/domain/imported_order.h"

namespace cloudcart::order {
namespace {

/// Everything but a pending order of the past has been paid, and what was cancelled has been paid back.
PaymentStatus payment_at(OrderStatus status) {
  if (status == OrderStatus::pending) return PaymentStatus::pending;
  return status == OrderStatus::cancelled ? PaymentStatus::refunded : PaymentStatus::paid;
}

}  // namespace

ImportedOrder imported(Order order, const std::vector<ImportedStep>& steps) {
  ImportedOrder result;
  order.version = 0;
  for (const auto& step : steps) {
    ++order.version;
    order.status = step.status;
    order.payment_status = payment_at(step.status);
    order.updated_at = step.at;
    if (step.status == OrderStatus::cancelled) order.cancelled_at = step.at;
    result.events.push_back(event_of(order, step.event_id, ""));
  }
  result.order = std::move(order);
  return result;
}

}  // namespace cloudcart::order
