#include "analytics/app/list_consumers.h"

#include <algorithm>

namespace cloudcart::analytics {

Task<Result<ConsumerStates>> ListConsumers::operator()(Caller caller) const {
  ConsumerStates states;
  CLOUDCART_CO_TRY(const auto answers, co_await cube_.ask(caller.tenant, {}, caller.deadline));
  const auto& progress = answers.progress;
  states.consumers.push_back(
      {.name = "analytics", .position = progress.position, .last_event_at = progress.last_event_at});
  for (const auto& follower : followers_) {
    CLOUDCART_CO_TRY(const auto position, co_await follower.position(caller));
    states.consumers.push_back({.name = follower.name, .position = position, .last_event_at = std::nullopt});
  }
  // The known end may be a moment old; nobody is beyond the true one.
  states.end_position = co_await log_end_.position(caller.deadline);
  for (const auto& consumer : states.consumers)
    states.end_position = std::max(states.end_position, consumer.position);
  for (auto& consumer : states.consumers)
    consumer.events_behind = co_await log_end_.behind(consumer.position, caller.deadline);
  co_return states;
}

}  // namespace cloudcart::analytics
