#include "adapters/memory/recommendation/cached_assortment.h"

#include <algorithm>

namespace cloudcart::recommendation {

Task<Result<std::vector<AssortmentProduct>>> CachedAssortment::find(TenantId tenant,
                                                                    std::vector<ProductId> ids,
                                                                    Deadline deadline) {
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  auto answer = take_known(tenant, ids);
  if (ids.empty()) co_return answer;
  // What the source says is as old as the question may be.
  const auto asked_at = clock_.monotonic_now();
  CLOUDCART_CO_TRY(auto found, co_await source_.find(tenant, std::move(ids), deadline));
  keep(tenant, found, asked_at);
  std::ranges::move(found, std::back_inserter(answer));
  co_return answer;
}

std::vector<AssortmentProduct> CachedAssortment::take_known(const TenantId& tenant,
                                                            std::vector<ProductId>& ids) {
  std::vector<AssortmentProduct> known;
  const auto now = clock_.monotonic_now();
  const std::scoped_lock lock(mutex_);
  const auto entries = by_tenant_.find(tenant.value);
  if (entries == by_tenant_.end()) return known;
  std::erase_if(ids, [&](ProductId id) {
    const auto entry = entries->second.find(id);
    if (entry == entries->second.end() || entry->second.expires_at <= now) return false;
    known.push_back(entry->second.product);
    return true;
  });
  return known;
}

void CachedAssortment::keep(const TenantId& tenant, const std::vector<AssortmentProduct>& products,
                            MonotonicTime asked_at) {
  const auto expires_at = asked_at + options_.time_to_live;
  const std::scoped_lock lock(mutex_);
  if (size_ + products.size() > options_.max_products) {
    by_tenant_.clear();
    size_ = 0;
  }
  if (products.size() > options_.max_products) return;
  auto& entries = by_tenant_[tenant.value];
  for (const auto& product : products) {
    const auto [entry, is_new] = entries.try_emplace(product.id);
    // Of two answers that cross, the one that was asked for later holds.
    if (entry->second.expires_at <= expires_at) entry->second = {product, expires_at};
    size_ += is_new ? 1 : 0;
  }
}

}  // namespace cloudcart::recommendation
