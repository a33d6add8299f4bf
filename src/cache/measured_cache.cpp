#include "cache/measured_cache.h"

#include <algorithm>

namespace cloudcart {
namespace {

Metrics::Counter& reads(Metrics& metrics, const std::string& cache, const char* result) {
  return metrics.counter("cloudcart_cache_reads_total", "Keys that a cache was asked for, by what it had.",
                         {{"cache", cache}, {"result", result}});
}

Metrics::Counter& writes(Metrics& metrics, const std::string& cache, const char* kind) {
  return metrics.counter("cloudcart_cache_writes_total",
                         "Keys that were put into a cache or erased from it, and those whose write failed.",
                         {{"cache", cache}, {"kind", kind}});
}

}  // namespace

MeasuredCache::MeasuredCache(std::unique_ptr<Cache> inner, Metrics& metrics, const std::string& name)
    : inner_(std::move(inner)),
      hits_(reads(metrics, name, "hit")),
      misses_(reads(metrics, name, "miss")),
      failed_reads_(reads(metrics, name, "failed")),
      puts_(writes(metrics, name, "put")),
      erases_(writes(metrics, name, "erase")),
      failed_writes_(writes(metrics, name, "failed")) {}

Task<Result<std::vector<std::optional<CacheEntry>>>> MeasuredCache::get(std::vector<std::string> keys,
                                                                        Deadline deadline) {
  const auto asked = keys.size();
  auto found = co_await inner_->get(std::move(keys), deadline);
  if (found) {
    const auto hits = static_cast<std::uint64_t>(
        std::ranges::count_if(*found, [](const auto& entry) { return entry.has_value(); }));
    hits_.add(hits);
    misses_.add(asked - hits);
  } else {
    failed_reads_.add(asked);
  }
  co_return found;
}

Task<Status> MeasuredCache::put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                                         Deadline deadline) {
  auto done = co_await inner_->put_if_newer(std::move(key), std::move(entry), time_to_live, deadline);
  (done ? puts_ : failed_writes_).add();
  co_return done;
}

Task<Status> MeasuredCache::erase(std::vector<std::string> keys, Version version, Deadline deadline) {
  const auto count = keys.size();
  auto done = co_await inner_->erase(std::move(keys), version, deadline);
  (done ? erases_ : failed_writes_).add(count);
  co_return done;
}

}  // namespace cloudcart
