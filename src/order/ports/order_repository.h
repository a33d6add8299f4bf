#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/caller.h"
#include "order/domain/idempotency.h"
#include "order/domain/order.h"
#include "runtime/task.h"

namespace cloudcart::order {

/// One attempt to use a key; new for each.
using ClaimId = Id<struct ClaimTag>;

/// A key in the hands of one attempt.
struct HeldKey {
  KeyScope scope;
  ClaimId claim;
};

struct ClaimRequest {
  HeldKey key;
  RequestFingerprint fingerprint{};
  OrderId proposed_order;  ///< what the key is bound to when it is new
  Timestamp now;
  Timestamp held_until;  ///< after it another attempt may take the claim over
  Timestamp expires_at;  ///< after it the key is as if it had never been used

  /// Whether a claim of another attempt that lasts until `until` stands in the way. One that lasts much longer
  /// than any made now was made before the clock was set back, and has run out: its key must not stay blocked
  /// until the clock is where it was. A little longer is what clocks and queues differ by.
  bool is_blocked_by(Timestamp until) const {
    return until > now && until <= held_until + (held_until - now);
  }
};

/// What a key is bound to.
struct BoundKey {
  OrderId order_id;
  bool completed = false;  ///< the order is there; else the claim is the caller's now
};

struct NewOrder {
  Order order;
  events::OrderEvent event;
  std::optional<HeldKey> key;
};

/// One per id that was asked for; nullopt where there is no order.
using OrderStatuses = std::vector<std::optional<OrderStatus>>;

/// What is known of an order's id: it lies between two others, or ends so.
struct IdPart {
  OrderId first;  ///< the smallest id that begins so
  OrderId last;   ///< the greatest
  /// The last four bytes, where what is known may also be the end of the id: it is looked for at both.
  std::optional<std::array<std::uint8_t, 4>> ending;

  bool fits(OrderId id) const {
    return (first <= id && id <= last) ||
           (ending && std::ranges::equal(*ending, std::span(id.value.bytes).last<4>()));
  }
};

/// All conditions hold together.
struct OrderQuery {
  std::optional<UserId> user_id;
  std::vector<OrderStatus> statuses;  ///< any of them; none: all
  /// Created from, itself included, and until, itself not. With one of them the list is in order of creation.
  std::optional<Timestamp> created_from, created_until;
  std::optional<IdPart> id_part;
  std::size_t limit = 20;
  std::size_t offset = 0;
  std::optional<OrderId> before;  ///< only orders that come after this one in the list; then the offset is 0

  bool by_time() const { return created_from || created_until; }
};

struct OrderPage {
  /// Whole, newest first: by id, which tells when it was made, or where the query asks for times by created_at and id.
  std::vector<Order> orders;
  std::int64_t total = 0;  ///< of all pages
  bool has_more = false;
};

/// The orders, their history and the idempotency keys of a shop.
///
/// Atomicity: each call is one transaction; it happens whole or not at all, and what was answered is on disk.
/// Ordering: a read sees every write that was answered before it began.
/// Errors of all: unavailable, overloaded and deadline_exceeded (nothing was changed), outcome_unknown (a
/// write may or may not have happened).
class OrderRepository {
 public:
  virtual ~OrderRepository() = default;

  /// Binds a key to an order id before anything is done for that order, so that every later attempt with the
  /// key works on the same order. A key whose claim ran out, or whose claimant's process is known to be gone,
  /// is handed over with the order it is bound to, unless that one was closed: then the key is as if new.
  /// Some expired keys are removed on the way. Errors:
  /// idempotency_conflict when the key stands for another request; idempotency_in_progress while another
  /// attempt holds it.
  virtual Task<Result<BoundKey>> claim_key(ClaimRequest request, Deadline deadline) = 0;
  /// Frees a key, its binding included, so that no later attempt can come by its order id. False when the
  /// claim is not this attempt's any more; then nothing was changed.
  virtual Task<Result<bool>> drop_claim(HeldKey key, Deadline deadline) = 0;

  /// Order, lines, event and the completion of the key, together. Errors: idempotency_in_progress when the
  /// claim is not this attempt's any more; conflict when there is an order of this id; deadline_exceeded when
  /// the id was closed.
  virtual Task<Status> create(NewOrder order, Deadline deadline) = 0;
  /// The status of each order, in the order of `ids`. An id without an order is closed by that: no order of
  /// this id can be created any more. Idempotent.
  virtual Task<Result<OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                                    Deadline deadline) = 0;
  /// Status, payment, times and version of the order with the event of its new version, if the version that
  /// is stored is `expected_version`. Errors: conflict when it is another one or there is no such order.
  virtual Task<Status> save_transition(Order order, std::int64_t expected_version, events::OrderEvent event,
                                       Deadline deadline) = 0;

  /// Nullopt when there is none.
  virtual Task<Result<std::optional<Order>>> find(TenantId tenant, OrderId order_id, Deadline deadline) = 0;
  virtual Task<Result<OrderPage>> list(TenantId tenant, OrderQuery query, Deadline deadline) = 0;
  /// In order of version; empty when there is no such order.
  virtual Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId order_id,
                                                                  Deadline deadline) = 0;
};

}  // namespace cloudcart::order
