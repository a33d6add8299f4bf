#include "order/app/compact_events.h"

#include <spdlog/spdlog.h>

namespace cloudcart::order {
namespace {

/// Few enough that orders hardly wait for a step.
constexpr std::size_t events_per_step = 500;
constexpr milliseconds between_steps{20};
constexpr seconds step_limit{10};
constexpr seconds first_run_after{60};
constexpr std::chrono::hours between_runs{1};

}  // namespace

Task<void> CompactEvents::run(BackgroundLoops::StopFlag stop) {
  co_await stop.sleep_for(first_run_after);
  while (!stop.stopping()) {
    const auto removed = co_await compact_due(stop);
    if (!removed) {
      spdlog::warn("cannot compact the event log, trying again in an hour: {}", removed.error().message);
    } else if (*removed > 0) {
      spdlog::info("compacted the event log: {} events of finished orders removed", *removed);
    }
    co_await stop.sleep_for(between_runs);
  }
}

Task<Result<std::int64_t>> CompactEvents::compact_due(BackgroundLoops::StopFlag stop) {
  const auto before = clock_.now() - keep_;
  std::int64_t removed = 0;
  while (!stop.stopping()) {
    CLOUDCART_CO_TRY(const auto done, co_await retention_.compact(before, events_per_step,
                                                                  Executor::current()->now() + step_limit));
    removed += done.removed;
    if (!done.more) break;
    co_await stop.sleep_for(between_steps);
  }
  co_return removed;
}

}  // namespace cloudcart::order
