#pragma once

#include <mutex>
#include <unordered_map>

#include "core/clock.h"
#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

struct CachedAssortmentOptions {
  milliseconds time_to_live{1000};     ///< how old an answer may be
  std::size_t max_products = 100'000;  ///< the most that are kept
};

/// Keeps what a remote assortment said for a moment, so that not every recommendation is a call: a product
/// that has been sold out or taken back is gone from recommendations a time to live later at the latest. Ids
/// that are unknown are asked for each time. When it is full, everything is dropped and fills up anew. Safe
/// between threads.
class CachedAssortment final : public Assortment {
 public:
  CachedAssortment(Assortment& source, const Clock& clock, CachedAssortmentOptions options = {})
      : source_(source), clock_(clock), options_(options) {}

  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override;

 private:
  struct Entry {
    AssortmentProduct product;
    MonotonicTime expires_at;
  };
  using Entries = std::unordered_map<ProductId, Entry>;

  /// Moves what is known from `ids` into the answer.
  std::vector<AssortmentProduct> take_known(const TenantId& tenant, std::vector<ProductId>& ids);
  void keep(const TenantId& tenant, const std::vector<AssortmentProduct>& products, MonotonicTime asked_at);

  Assortment& source_;
  const Clock& clock_;
  const CachedAssortmentOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::string, Entries> by_tenant_;
  std::size_t size_ = 0;
};

}  // namespace cloudcart::recommendation
