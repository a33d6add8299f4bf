#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "order/domain/idempotency.h"

namespace cloudcart::order {

/// Which idempotency keys may be stored: most that come are new, and need not be looked for in the store. A Bloom filter
/// (B. Bloom, Space/time trade-offs in hash coding with allowable errors, 1970): it may say yes for one that is not,
/// never no for one that is. Of a million keys within a key's life one new one in four hundred is looked for in vain.
///
/// Bits cannot be taken back, so there are two filters: after a key's life the older is emptied and takes the new
/// ones. Fixed in size; safe between threads.
class KeyFilter {
 public:
  /// `lifetime`: of a key, from when it is added.
  explicit KeyFilter(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

  void add(const KeyScope& scope, Timestamp now);
  bool may_hold(const KeyScope& scope) const;

 private:
  static constexpr std::size_t bits = std::size_t{1} << 24;  ///< 2 MiB a filter
  static constexpr int probes = 4;
  using Bits = std::vector<std::uint64_t>;

  const std::chrono::milliseconds lifetime_;
  mutable std::mutex mutex_;
  Bits newer_ = Bits(bits / 64), older_;
  Timestamp newer_since_ = Timestamp::min();
};

}  // namespace cloudcart::order
