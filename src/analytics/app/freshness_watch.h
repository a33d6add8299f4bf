#pragma once

#include <atomic>
#include <cstdint>

#include "analytics/app/period_report.h"
#include "runtime/event_loop.h"

namespace cloudcart::analytics {

/// How late the latest event is that is in the figures, looked at each second, for metrics. Safe between threads.
class FreshnessWatch {
 public:
  explicit FreshnessWatch(ReportSources sources) : sources_(sources) {}

  Task<void> run(BackgroundLoops::StopFlag stop);
  /// Unix milliseconds of the latest event that is in; 0 when there is none.
  std::int64_t last_event_at() const { return last_event_at_; }

 private:
  Task<Status> look();

  const ReportSources sources_;
  std::atomic<std::int64_t> last_event_at_{0};
};

}  // namespace cloudcart::analytics
