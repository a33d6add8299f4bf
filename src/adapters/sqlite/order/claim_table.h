#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// The keys of attempts under way, which the order has not been stored for yet. In memory: the process that has the
/// store open is the only one with attempts, and they die with it. Bounded; safe between threads.
class ClaimTable {
 public:
  explicit ClaimTable(std::size_t most_claims = 100'000) : most_claims_(most_claims) {}

  /// How a request stands to the attempts under way.
  struct Taken {
    OrderId order_id;         ///< what the key is bound to
    bool is_callers = false;  ///< false: another attempt holds it
  };
  /// The key becomes the caller's when it is free, or its claim ran out; then with the order it was bound to. Errors:
  /// idempotency_conflict when another request holds it; overloaded when there are too many.
  Result<Taken> take(const ClaimRequest& request);
  /// The key is the caller's, and bound to the order that it proposes, whoever held it for `abandoned`. False when it
  /// has been bound anew since.
  bool rebind(const ClaimRequest& request, OrderId abandoned);
  /// What is to be stored with the order; nullopt when the claim is not this attempt's any more.
  std::optional<ClaimRequest> held(const HeldKey& key) const;
  /// Whether the claim was this attempt's; then the key is free.
  bool drop(const HeldKey& key);
  /// The next attempt may take the claim over, with its order.
  void let_go(const HeldKey& key);

 private:
  /// The claim as it was made, with the order that the key is bound to as the proposed one.
  using Claims = std::map<KeyScope, ClaimRequest>;

  void drop_those_that_ran_out(Timestamp now);

  const std::size_t most_claims_;
  mutable std::mutex mutex_;
  Claims claims_;
};

}  // namespace cloudcart::order
