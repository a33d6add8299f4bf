#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "cache/single_flight.h"
#include "core/caller.h"
#include "product/domain/product.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// Cache-aside for the catalogue: what is asked for often is kept as it is sent. A change erases what it
/// touches before it is answered, so that one's own write is visible at once; the numbers of the changes keep
/// slow readers from bringing back what was there before. Without the cache everything still works, from the
/// store.
///
/// Two kinds of entry: of one product, erased when it changes; and listings, which hold as long as no product
/// of the shop has changed.
class CatalogueCache {
 public:
  using Load = std::function<Task<Result<AsOf<std::string>>>()>;

  CatalogueCache(Cache& cache, milliseconds time_to_live) : cache_(cache), time_to_live_(time_to_live) {}

  /// The cached text of a product, or what `load` answers. Concurrent misses of a product load it once.
  Task<Result<std::string>> product(TenantId tenant, ProductId id, Load load, Deadline deadline);
  /// The same for the listing that `name` tells from all others of the shop.
  Task<Result<std::string>> listing(TenantId tenant, std::string name, Load load, Deadline deadline);

  /// Cached summaries in the order of `ids`; nullopt where there is none.
  Task<std::vector<std::optional<ProductSummary>>> summaries(TenantId tenant, std::vector<ProductId> ids,
                                                             Deadline deadline);
  Task<void> keep_summary(TenantId tenant, ProductSummary summary, ChangeNumber as_of, Deadline deadline);

  /// After change `number` of these products has been committed, and before it is answered.
  Task<void> forget(TenantId tenant, std::vector<ProductId> ids, ChangeNumber number, Deadline deadline);

 private:
  using Look = std::function<Task<std::optional<std::string>>()>;

  Task<Result<std::string>> fetch(std::string key, Look look, Load load, Deadline deadline);
  Task<std::optional<std::string>> look_up(std::string key, Deadline deadline);
  Task<std::optional<std::string>> look_up_listing(TenantId tenant, std::string key, Deadline deadline);
  Task<Result<AsOf<std::string>>> load_listing(TenantId tenant, Load load, Deadline deadline);

  Cache& cache_;
  const milliseconds time_to_live_;
  SingleFlight flights_;
};

}  // namespace cloudcart::product
