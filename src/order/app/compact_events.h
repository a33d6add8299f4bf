#pragma once

#include <chrono>

#include "core/clock.h"
#include "order/ports/event_retention.h"
#include "runtime/event_loop.h"

namespace cloudcart::order {

/// Compacts the event log in the background: events stay whole for `keep`.
class CompactEvents {
 public:
  CompactEvents(EventRetention& retention, const Clock& clock, std::chrono::hours keep)
      : retention_(retention), clock_(clock), keep_(keep) {}

  /// Soon after the start and then once an hour, in small steps, until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// All that is due now. Answers how many events were removed.
  Task<Result<std::int64_t>> compact_due(BackgroundLoops::StopFlag stop);

 private:
  EventRetention& retention_;
  const Clock& clock_;
  const std::chrono::hours keep_;
};

}  // namespace cloudcart::order
