#pragma once

#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "privacy/erasure.h"

namespace cloudcart::privacy {

/// Who has been erased, as far as this process has learnt, for those who learn from what the person did and must take it
/// for nobody's. Safe between threads. Grows by one small entry with each erasure ever made.
class ErasedCustomers {
 public:
  void add(const std::vector<Erasure>& erasures) {
    const std::unique_lock lock(mutex_);
    for (const auto& erasure : erasures) customers_.insert({erasure.tenant, erasure.user});
  }
  bool contains(const TenantId& tenant, UserId customer) const {
    const std::shared_lock lock(mutex_);
    return !customers_.empty() && customers_.contains({tenant, customer});
  }
  std::vector<std::pair<TenantId, UserId>> all() const {
    const std::shared_lock lock(mutex_);
    return {customers_.begin(), customers_.end()};
  }

 private:
  mutable std::shared_mutex mutex_;
  std::set<std::pair<TenantId, UserId>> customers_;
};

/// For those who are not told of erasures, as offline tools are not.
inline const ErasedCustomers& nobody_erased() {
  static const ErasedCustomers nobody;
  return nobody;
}

}  // namespace cloudcart::privacy
