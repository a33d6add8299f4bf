#include "auth/revocation_follower.h"

#include <spdlog/spdlog.h>

namespace cloudcart::auth {

RevocationFollower::RevocationFollower(RevocationFeed& feed, Revocations& revocations,
                                       FollowerOptions options)
    : feed_(feed), revocations_(revocations), options_(options) {
  revocations_.set_known(false);
}

Task<Status> RevocationFollower::catch_up() {
  MonotonicTime asked_at;
  for (;;) {
    asked_at = Executor::current()->now();
    CLOUDCART_CO_TRY(const auto batch, co_await feed_.read(position_, asked_at + options_.read_timeout));
    if (batch.highest < position_) {
      // What was read in the meantime stays in force; what is new under the same numbers is not known.
      spdlog::warn("the user service's store was restored: revocations are read from the beginning");
      revocations_.set_known(false);
      position_ = 0;
      continue;
    }
    if (batch.revocations.empty()) break;
    revocations_.apply(batch.revocations);
    position_ = batch.last;
  }
  revocations_.set_known(true);
  caught_up_ = true;
  caught_up_at_ = asked_at;
  co_return Status{};
}

Task<void> RevocationFollower::run(BackgroundLoops::StopFlag stop) {
  bool answering = true;
  while (!stop.stopping()) {
    const auto status = co_await catch_up();
    // Said once for an outage, not once a second.
    if (!status && answering) spdlog::warn("revocations cannot be read: {}", status.error().message);
    if (status && !answering) spdlog::info("revocations can be read again");
    answering = status.has_value();
    const bool is_stale = Executor::current()->now() - caught_up_at_ > options_.stale_after;
    if (!status && caught_up_ && is_stale && revocations_.are_known()) {
      revocations_.set_known(false);
      spdlog::error("revocations have not been read for too long: tokens are refused until they are");
    }
    co_await stop.sleep_for(options_.interval);
  }
}

}  // namespace cloudcart::auth
