#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analytics/domain/alert.h"

namespace cloudcart::analytics {

enum class DeliveryStatus : std::uint8_t {
  pending,    ///< not taken yet; tried again at next_attempt_at
  delivered,  ///< answered 2xx
  given_up,   ///< after the last attempt
  withdrawn,  ///< the rule, or its webhook, is gone
};
std::string_view to_string(DeliveryStatus status);

/// How far an event has come on its way to the webhook of its rule.
struct AlertDelivery {
  DeliveryStatus status = DeliveryStatus::pending;
  int attempts = 0;
  std::optional<Timestamp> next_attempt_at;  ///< while pending
  std::optional<Timestamp> last_attempt_at;
  std::string last_error;  ///< why the last attempt failed; empty when it did not
  bool operator==(const AlertDelivery&) const = default;
};

/// When what failed is tried again: pauses grow by a factor of three up to a longest one. Each is cut by up to
/// a half by chance, so that deliveries which failed together do not come back together ("equal jitter" of
/// M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). With these defaults the
/// twelfth attempt is two to four hours after the first.
struct RetryPlan {
  int attempts = 12;
  milliseconds first_pause{1000};
  milliseconds longest_pause{3'600'000};
  bool operator==(const RetryPlan&) const = default;
};

/// The pause after the attempt of this number (from 1 on). `chance` is any number.
milliseconds pause_after(const RetryPlan& plan, int attempt, std::uint64_t chance);

/// The delivery after an attempt that ended at `now`; an empty `error` is success.
AlertDelivery after_attempt(const AlertDelivery& before, const RetryPlan& plan, std::string error,
                            Timestamp now, std::uint64_t chance);

}  // namespace cloudcart::analytics
