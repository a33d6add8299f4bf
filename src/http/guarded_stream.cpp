#include "http/guarded_stream.h"

#include "runtime/executor.h"

namespace cloudcart::http {

Task<std::optional<std::string>> GuardedStream::next() {
  if (!std::exchange(watching_, true)) check_later();
  co_return co_await inner_->next();
}

void GuardedStream::cancel() {
  inner_->cancel();
}

void GuardedStream::check_later() {
  auto* executor = Executor::current();
  executor->post_at(executor->now() + check_interval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    if (self->authenticator_.authenticate(self->token_)) {
      self->check_later();
    } else {
      self->inner_->cancel();
    }
  });
}

}  // namespace cloudcart::http
