#include "auth/key_follower.h"

#include <spdlog/spdlog.h>

namespace cloudcart::auth {

KeyFollower::KeyFollower(KeyFile file, KeyRing& keys, OffloadPool& readers, milliseconds interval)
    : file_(std::move(file)), keys_(keys), readers_(readers), interval_(interval) {}

Task<Status> KeyFollower::look() {
  CLOUDCART_CO_TRY(auto text,
                   co_await readers_.run(MonotonicTime::max(), [this] { return file_.read_text(); }));
  if (text == known_) co_return Status{};
  CLOUDCART_CO_TRY(auto keys, KeySet::parse(text));
  const bool is_change = !known_.empty();
  known_ = std::move(text);
  if (is_change)
    spdlog::info("token keys: {} of them, the newest is {}", keys.keys().size(), keys.keys().back().id);
  keys_.replace(std::move(keys));
  co_return Status{};
}

Task<void> KeyFollower::run(BackgroundLoops::StopFlag stop) {
  bool readable = true;
  while (!stop.stopping()) {
    const auto status = co_await look();
    // Said once, not at every look.
    if (!status && readable)
      spdlog::warn("the token keys are not read anew; those that are known stay in force: {}",
                   status.error().message);
    if (status && !readable) spdlog::info("the token keys can be read again");
    readable = status.has_value();
    co_await stop.sleep_for(interval_);
  }
}

}  // namespace cloudcart::auth
