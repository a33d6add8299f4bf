#pragma once

#include <algorithm>
#include <optional>

#include "core/timestamp.h"

namespace cloudcart::http {

/// Bounds retries to a share of the requests, so that they help with single failures and do not multiply an overload: a
/// bucket of tokens, after Finagle's RetryBudget, whose share and floor these are. For one thread at a time.
class RetryBudget {
 public:
  struct Options {
    unsigned percent = 20;     ///< retries per 100 requests
    unsigned per_second = 10;  ///< retries that there may be in any case; as many at the start
    unsigned most = 100;       ///< retries at once after a time without
  };

  explicit RetryBudget(Options options) : options_(options), tokens_(options.per_second) {}

  /// A request that is no retry.
  void count_request(MonotonicTime now) { add(options_.percent / 100.0, now); }
  /// False when there is nothing left.
  bool take(MonotonicTime now) {
    add(0, now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  void add(double tokens, MonotonicTime now) {
    const std::chrono::duration<double> passed = now - last_.value_or(now);
    // Threads may come here in another order than they have looked at the clock.
    last_ = std::max(now, last_.value_or(now));
    tokens += std::max(passed.count(), 0.0) * options_.per_second;
    tokens_ = std::min(tokens_ + tokens, static_cast<double>(options_.most));
  }

  const Options options_;
  double tokens_;
  std::optional<MonotonicTime> last_;
};

}  // namespace cloudcart::http
