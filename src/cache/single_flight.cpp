#include "cache/single_flight.h"

namespace cloudcart {

Task<SingleFlight::Turn> SingleFlight::enter(std::string key) {
  const bool leads = co_await await_value<bool>([&](Resolver<bool> resolve) {
    {
      const std::scoped_lock lock(mutex_);
      const auto [found, inserted] = loading_.try_emplace(key);
      if (!inserted) {
        found->second.push_back(resolve);
        return;
      }
    }
    resolve(true);
  });
  if (leads) co_return Turn{*this, std::move(key)};
  co_return Turn{};
}

void SingleFlight::finish(const std::string& key) {
  Waiters waiters;
  {
    const std::scoped_lock lock(mutex_);
    waiters = std::move(loading_.extract(key).mapped());
  }
  for (const auto& resolve : waiters) resolve(false);
}

}  // namespace cloudcart
