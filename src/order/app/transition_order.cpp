#include "order/app/transition_order.h"

#include "order/app/follow_up.h"
#include "order/app/visible_order.h"

namespace cloudcart::order {
namespace {

/// An order has at most five versions after its first, so no honest race is longer.
constexpr int most_attempts = 8;

}  // namespace

Task<Result<Order>> TransitionOrder::operator()(Caller caller, OrderId order_id, Change change) {
  for (int i = 0; i < most_attempts; ++i) {
    auto changed = co_await attempt(caller, order_id, change);
    if (!changed && changed.error().code == ErrorCode::conflict) continue;
    if (changed) co_await settle_stock(catalogue_, caller.tenant, order_id, changed->status);
    co_return changed;
  }
  co_return fail(ErrorCode::conflict, "The order is being changed by others; try again.");
}

Task<Result<Order>> TransitionOrder::attempt(Caller caller, OrderId order_id, const Change& change) {
  CLOUDCART_CO_TRY(auto order, co_await visible_order(orders_, caller, order_id));
  const auto expected_version = order.version;
  CLOUDCART_CO_CHECK(change(order, clock_.now()));
  auto event = event_of(order, ids_.next_id<EventId>(), caller.traceparent);
  CLOUDCART_CO_CHECK(
      co_await orders_.save_transition(order, expected_version, std::move(event), caller.deadline));
  co_return order;
}

}  // namespace cloudcart::order
