#include "analytics/app/hear_alerts.h"

#include <spdlog/spdlog.h>

namespace cloudcart::analytics {
namespace {

constexpr seconds look_limit{5};
constexpr std::size_t most_at_once = 100;
static_assert(most_at_once < AlertNews::most_known);

}  // namespace

Task<Status> HearAlerts::operator()(Deadline deadline) {
  const auto since = std::max(began_, clock_.now() - options_.lateness);
  CLOUDCART_CO_TRY(const auto recorded, co_await alerts_.recorded_since(since, most_at_once, deadline));
  for (const auto& [tenant, event] : recorded) news_.tell(tenant, event);
  co_return Status{};
}

Task<void> HearAlerts::run(BackgroundLoops::StopFlag stop) {
  std::string last_failure;
  while (!stop.stopping()) {
    const auto done = co_await (*this)(Executor::current()->now() + look_limit);
    // The same failure again and again is said once.
    if (const auto failure = done ? std::string{} : done.error().message; failure != last_failure) {
      if (!done) spdlog::warn("cannot hear of alerts of other processes, trying again: {}", failure);
      last_failure = failure;
    }
    co_await stop.sleep_for(options_.pace);
  }
}

}  // namespace cloudcart::analytics
