#pragma once

#include <memory>

#include "cache/cache.h"
#include "runtime/metrics.h"

namespace cloudcart {

/// Counts hits, misses and what could not be asked or told, key by key.
class MeasuredCache final : public Cache {
 public:
  /// `name`: of what is kept in it.
  MeasuredCache(std::unique_ptr<Cache> inner, Metrics& metrics, const std::string& name);

  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys,
                                                           Deadline deadline) override;
  Task<Status> put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                            Deadline deadline) override;
  Task<Status> erase(std::vector<std::string> keys, Version version, Deadline deadline) override;

 private:
  const std::unique_ptr<Cache> inner_;
  Metrics::Counter &hits_, &misses_, &failed_reads_;
  Metrics::Counter &puts_, &erases_, &failed_writes_;
};

}  // namespace cloudcart
