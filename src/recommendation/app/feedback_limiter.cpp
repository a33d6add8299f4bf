#include "recommendation/app/feedback_limiter.h"

#include <algorithm>
#include <cmath>

namespace cloudcart::recommendation {

Status FeedbackLimiter::admit(const TenantId& tenant, const std::string& address, std::size_t events) {
  const auto wanted = static_cast<double>(events);
  const auto now = clock_.monotonic_now();
  const std::scoped_lock lock(mutex_);
  // The last character tells the two kinds apart; a shop's bucket is used with each call, so it is never the idlest.
  auto& of_address = bucket(tenant.value + '\n' + address + 'a', limits_.address, now);
  auto& of_shop = bucket(tenant.value + 's', limits_.shop, now);
  const auto wait = [&](const Bucket& one, const FeedbackRate& rate) {
    return std::max(0.0, (wanted - one.tokens) / rate.per_second);
  };
  const auto longest = std::max(wait(of_address, limits_.address), wait(of_shop, limits_.shop));
  if (longest > 0) {
    Error error{ErrorCode::rate_limited, "There is too much feedback; send it again later.", {}};
    error.retry_after = seconds{static_cast<std::int64_t>(std::ceil(longest))};
    return fail(std::move(error));
  }
  of_address.tokens -= wanted;
  of_shop.tokens -= wanted;
  return {};
}

FeedbackLimiter::Bucket& FeedbackLimiter::bucket(const std::string& key, const FeedbackRate& rate,
                                                 MonotonicTime now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    // One more than the bound, for the shop's own.
    if (buckets_.size() > limits_.entries) {
      by_key_.erase(buckets_.front().key);
      buckets_.pop_front();
    }
    buckets_.push_back({key, rate.burst, now});
    by_key_.emplace(key, std::prev(buckets_.end()));
    return buckets_.back();
  }
  buckets_.splice(buckets_.end(), buckets_, found->second);
  auto& bucket = buckets_.back();
  const std::chrono::duration<double> passed = now - bucket.at;
  bucket.tokens = std::min(rate.burst, bucket.tokens + rate.per_second * passed.count());
  bucket.at = now;
  return bucket;
}

}  // namespace cloudcart::recommendation
