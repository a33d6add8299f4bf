#include "analytics/domain/alert_delivery.h"

#include <algorithm>
#include <array>

namespace cloudcart::analytics {
namespace {

constexpr std::array<std::string_view, 4> status_words{"pending", "delivered", "given_up", "withdrawn"};
constexpr int growth = 3;

}  // namespace

std::string_view to_string(DeliveryStatus status) {
  return status_words[static_cast<std::size_t>(status)];
}

milliseconds pause_after(const RetryPlan& plan, int attempt, std::uint64_t chance) {
  auto pause = std::min(plan.first_pause, plan.longest_pause);
  for (int i = 1; i < attempt && pause < plan.longest_pause; ++i)
    pause = std::min(pause * growth, plan.longest_pause);
  const auto half = static_cast<std::uint64_t>(pause.count() / 2);
  return pause - milliseconds{chance % (half + 1)};
}

AlertDelivery after_attempt(const AlertDelivery& before, const RetryPlan& plan, std::string error,
                            Timestamp now, std::uint64_t chance) {
  AlertDelivery next{.attempts = before.attempts + 1, .last_attempt_at = now, .last_error = std::move(error)};
  if (next.last_error.empty()) {
    next.status = DeliveryStatus::delivered;
  } else if (next.attempts >= plan.attempts) {
    next.status = DeliveryStatus::given_up;
  } else {
    next.next_attempt_at = now + pause_after(plan, next.attempts, chance);
  }
  return next;
}

}  // namespace cloudcart::analytics
