#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "analytics/app/analytics_app.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// Overviews for the live stream. All readers with the same question share one: it is computed and rendered
/// once for each change, however many there are. Safe between threads; bounded.
class SharedOverviews {
 public:
  struct Overview {
    std::string json;             ///< the data of GET /api/analytics/dashboard
    std::int64_t position = 0;    ///< of the log, that it holds everything up to
    std::int64_t amendments = 0;  ///< of the live feed, that it holds
    Date today;                   ///< when it was made; a new day begins a new period
  };
  using Answer = Result<std::shared_ptr<const Overview>>;

  explicit SharedOverviews(AnalyticsApp& app) : app_(app) {}

  /// One that holds everything the live feed has told of. Errors: those of the dashboard.
  Task<Answer> current(TenantId tenant, PeriodRequest request, Deadline deadline);
  bool is_current(const Overview& overview, const PeriodRequest& request) const;

 private:
  struct Entry {
    Answer latest = nullptr;
    bool computing = false;
    Notifier computed;
  };

  std::shared_ptr<Entry> entry_of(const TenantId& tenant, const PeriodRequest& request);
  Task<Answer> compute(TenantId tenant, PeriodRequest request, Deadline deadline);
  Date today(const PeriodRequest& request) const;

  AnalyticsApp& app_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Entry>> entries_;
};

}  // namespace cloudcart::analytics
