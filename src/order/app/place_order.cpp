#include "order/app/place_order.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "order/app/follow_up.h"

namespace cloudcart::order {
namespace {

constexpr std::string_view route = "POST /api/orders";
/// Longer than any request may take. Only speed depends on it: who lost a claim cannot commit.
constexpr seconds claim_lease{30};

Status check(const Caller& caller, const PlaceOrderRequest& request) {
  if (!caller.user) return fail(ErrorCode::unauthenticated, "Sign in to place an order.");
  if (!caller.owns(request.user_id) && !caller.is_staff())
    return fail(ErrorCode::forbidden, "You may place orders for your own account only.");
  const auto is_bad = [](const LineRequest& line) {
    return line.quantity < 1 || line.quantity > max_quantity;
  };
  if (request.lines.empty() || request.lines.size() > max_lines || std::ranges::any_of(request.lines, is_bad))
    return fail(Error::validation({{"items", "must be 1 to 100 lines, each of 1 to 1000000 pieces"}}));
  return {};
}

bool answers(const std::vector<PricedLine>& priced, const std::vector<LineRequest>& asked) {
  return std::ranges::equal(priced, asked, [](const PricedLine& line, const LineRequest& request) {
    return line.product_id == request.product_id && line.quantity == request.quantity;
  });
}

/// After these the catalogue has certainly reserved nothing.
bool is_refusal(ErrorCode code) {
  return code == ErrorCode::insufficient_inventory || code == ErrorCode::validation_failed ||
         code == ErrorCode::conflict;
}

/// Whether an order of this id is or may be there, or the reservation belongs to another attempt.
bool must_not_be_undone(ErrorCode code) {
  return code == ErrorCode::outcome_unknown || code == ErrorCode::idempotency_in_progress ||
         code == ErrorCode::conflict;
}

}  // namespace

struct PlaceOrder::Attempt {
  Caller caller;
  PlaceOrderRequest request;
  OrderId order_id;
  std::optional<HeldKey> key;
  bool key_is_completed = false;
  bool may_hold_stock = false;
  bool may_be_committed = false;
};

PlaceOrder::PlaceOrder(OrderRepository& orders, Catalogue& catalogue, Customers& customers,
                       const Clock& clock, IdGenerator& ids, Currency currency)
    : orders_(orders),
      catalogue_(catalogue),
      customers_(customers),
      clock_(clock),
      ids_(ids),
      currency_(currency) {}

Task<Result<Order>> PlaceOrder::operator()(Caller caller, PlaceOrderRequest request) {
  CLOUDCART_CO_CHECK(check(caller, request));
  Attempt attempt{
      .caller = std::move(caller), .request = std::move(request), .order_id = ids_.next_id<OrderId>()};
  if (attempt.request.key) {
    CLOUDCART_CO_CHECK(co_await claim_key(attempt));
    if (attempt.key_is_completed)
      co_return co_await replay(attempt.caller.tenant, attempt.order_id, attempt.caller.deadline);
  }
  auto placed = co_await run(attempt);
  if (!placed && !attempt.may_be_committed) co_await undo(attempt);
  co_return placed;
}

Task<Status> PlaceOrder::claim_key(Attempt& attempt) {
  const auto& request = attempt.request;
  const auto now = clock_.now();
  attempt.key = HeldKey{{attempt.caller.tenant, *attempt.caller.user, std::string{route}, *request.key},
                        ids_.next_id<ClaimId>()};
  ClaimRequest claim{.key = *attempt.key,
                     .fingerprint = fingerprint_of(request.user_id, request.lines, request.shipping_address),
                     .proposed_order = attempt.order_id,
                     .now = now,
                     .held_until = now + claim_lease,
                     .expires_at = now + key_lifetime};
  CLOUDCART_CO_TRY(const auto bound, co_await orders_.claim_key(std::move(claim), attempt.caller.deadline));
  // An attempt before this one may have got as far as the catalogue.
  attempt.may_hold_stock = bound.order_id != attempt.order_id;
  attempt.order_id = bound.order_id;
  attempt.key_is_completed = bound.completed;
  co_return Status{};
}

Task<Result<Order>> PlaceOrder::replay(TenantId tenant, OrderId order_id, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto order, co_await orders_.find(std::move(tenant), order_id, deadline));
  if (!order) co_return fail(ErrorCode::internal, "The order of this idempotency key is missing.");
  co_return order->as_placed();
}

Task<Result<Order>> PlaceOrder::run(Attempt& attempt) {
  const auto& caller = attempt.caller;
  const auto& request = attempt.request;
  if (!caller.owns(request.user_id)) {
    CLOUDCART_CO_TRY(const bool exists,
                     co_await customers_.exists(caller.tenant, request.user_id, caller.deadline));
    if (!exists) co_return fail(Error::not_found("Account"));
  }
  CLOUDCART_CO_TRY(auto lines, co_await reserve(attempt));
  CLOUDCART_CO_TRY(auto order, Order::place({.id = attempt.order_id,
                                             .tenant = caller.tenant,
                                             .user_id = request.user_id,
                                             .currency = currency_,
                                             .shipping_address = request.shipping_address,
                                             .placed_at = clock_.now()},
                                            std::move(lines)));
  CLOUDCART_CO_CHECK(co_await commit(attempt, order));
  co_return order;
}

Task<Result<std::vector<PricedLine>>> PlaceOrder::reserve(Attempt& attempt) {
  const auto& asked = attempt.request.lines;
  auto priced =
      co_await catalogue_.reserve(attempt.caller.tenant, attempt.order_id, asked, attempt.caller.deadline);
  attempt.may_hold_stock |= priced || !is_refusal(priced.error().code);
  // The request itself is sound, so what the catalogue finds wrong with it is that it has no such product.
  if (!priced && priced.error().code == ErrorCode::validation_failed)
    co_return fail(ErrorCode::not_found, "A product is not in the catalogue.",
                   std::move(priced.error().fields));
  if (priced && !answers(*priced, asked))
    co_return fail(ErrorCode::internal, "The catalogue reserved something else than it was asked for.");
  co_return priced;
}

Task<Status> PlaceOrder::commit(Attempt& attempt, Order order) {
  auto event = event_of(order, ids_.next_id<EventId>(), attempt.caller.traceparent);
  NewOrder entry{std::move(order), std::move(event), attempt.key};
  auto created = co_await orders_.create(std::move(entry), attempt.caller.deadline);
  attempt.may_be_committed = created || must_not_be_undone(created.error().code);
  co_return created;
}

Task<void> PlaceOrder::undo(Attempt& attempt) {
  const auto deadline = follow_up_deadline();
  if (attempt.key) {
    const auto freed = co_await orders_.drop_claim(*attempt.key, deadline);
    if (!freed)
      spdlog::warn("cannot free the idempotency key of order {}: {}", attempt.order_id.to_string(),
                   freed.error().message);
    if (!freed.value_or(false)) co_return;
  }
  if (!attempt.may_hold_stock) co_return;
  co_await release_stock(catalogue_, attempt.caller.tenant, attempt.order_id);
}

}  // namespace cloudcart::order
