#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/caller.h"
#include "core/clock.h"
#include "core/result.h"

namespace cloudcart::recommendation {

struct FeedbackRate {
  double per_second;
  double burst;
};

struct FeedbackLimits {
  FeedbackRate address{50, 2'000};  ///< events; more than a person makes: many may share an address
  FeedbackRate shop{500,
                    20'000};     ///< bounds the impressions that are remembered: rate × life of an impression
  std::size_t entries = 20'000;  ///< remembered addresses; the idlest are forgotten
};

/// How much feedback is taken, by token buckets: of each address and of each shop. Safe between threads.
class FeedbackLimiter {
 public:
  explicit FeedbackLimiter(const Clock& clock, FeedbackLimits limits = {}) : clock_(clock), limits_(limits) {}

  /// Errors: rate_limited, with the time to wait; then nothing is counted.
  Status admit(const TenantId& tenant, const std::string& address, std::size_t events);

 private:
  struct Bucket {
    std::string key;
    double tokens;
    MonotonicTime at;
  };
  /// As full as it is now; made full when it is new.
  Bucket& bucket(const std::string& key, const FeedbackRate& rate, MonotonicTime now);

  const Clock& clock_;
  const FeedbackLimits limits_;
  std::mutex mutex_;
  std::list<Bucket> buckets_;  ///< least recently used first
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_key_;
};

}  // namespace cloudcart::recommendation
