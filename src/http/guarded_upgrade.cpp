#include "http/guarded_upgrade.h"

#include "http/guarded_stream.h"
#include "runtime/executor.h"

namespace cloudcart::http {

Task<void> GuardedUpgrade::run(std::shared_ptr<UpgradedConnection> connection) {
  check_later();
  co_await inner_->run(std::move(connection));
}

void GuardedUpgrade::end(End why) {
  inner_->end(why);
}

void GuardedUpgrade::check_later() {
  auto* executor = Executor::current();
  executor->post_at(executor->now() + GuardedStream::check_interval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->authenticator_.authenticate(self->token_)) {
      self->check_later();
    } else {
      self->inner_->end(End::session_is_over);
    }
  });
}

}  // namespace cloudcart::http
