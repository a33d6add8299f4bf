#include "privacy/erasure_follower.h"

#include <spdlog/spdlog.h>

#include "runtime/executor.h"

namespace cloudcart::privacy {

Deadline ErasureFollower::deadline() const {
  return Executor::current()->now() + pace_.call_limit;
}

Task<Status> ErasureFollower::look() {
  if (handler_.remembers()) CLOUDCART_CO_CHECK(co_await learn());
  CLOUDCART_CO_TRY(const auto outstanding,
                   co_await feed_.outstanding(holder_, clock_.now() - pace_.retry, deadline()));
  Status outcome;
  for (const auto& erasure : outstanding) {
    // One that was made since learn() is not known in this process yet; its turn comes with the next look.
    if (handler_.remembers() && erasure.seq > position_) continue;
    auto done = co_await carry_out(erasure);
    if (!done) outcome = std::move(done);
  }
  co_return outcome;
}

Task<Status> ErasureFollower::learn() {
  for (;;) {
    CLOUDCART_CO_TRY(const auto batch, co_await feed_.read(position_, deadline()));
    if (batch.highest < position_) {
      spdlog::warn("the user service's store was restored: erasures are read from the beginning");
      position_ = 0;
      continue;
    }
    if (batch.erasures.empty()) co_return Status{};
    CLOUDCART_CO_CHECK(co_await handler_.learn(batch.erasures));
    position_ = batch.last;
  }
}

Task<Status> ErasureFollower::carry_out(Erasure erasure) {
  const bool is_settled = clock_.now() >= erasure.requested_at + pace_.settling;
  CLOUDCART_CO_TRY(auto erased, co_await handler_.erase(erasure, deadline()));
  erased.is_done = erased.is_done && is_settled;
  ErasureReport report{.tenant = erasure.tenant,
                       .user = erasure.user,
                       .holder = holder_,
                       .erased = erased,
                       .at = clock_.now()};
  co_return co_await feed_.report(std::move(report), deadline());
}

Task<void> ErasureFollower::run(BackgroundLoops::StopFlag stop) {
  std::string last_failure;
  while (!stop.stopping()) {
    const auto done = co_await look();
    // The same failure again and again is said once.
    if (const auto failure = done ? std::string{} : done.error().message; failure != last_failure) {
      if (!done)
        spdlog::warn("erasures of the {} service are not carried out, trying again: {}", to_string(holder_),
                     failure);
      last_failure = failure;
    }
    co_await stop.sleep_for(pace_.interval);
  }
}

}  // namespace cloudcart::privacy
