#include "analytics/app/freshness_watch.h"

#include "runtime/executor.h"

namespace cloudcart::analytics {

Task<void> FreshnessWatch::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    // What cannot be asked now is asked again in a second; the figures before stand.
    (void)co_await look();
    co_await stop.sleep_for(seconds{1});
  }
}

Task<Status> FreshnessWatch::look() {
  const auto deadline = Executor::current()->now() + seconds{5};
  CLOUDCART_CO_TRY(const auto answers, co_await sources_.cube.ask(sources_.shop.tenant, {}, deadline));
  if (answers.progress.last_event_at) last_event_at_ = to_unix_ms(*answers.progress.last_event_at);
  co_return Status{};
}

}  // namespace cloudcart::analytics
