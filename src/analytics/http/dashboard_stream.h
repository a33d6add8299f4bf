#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analytics/http/live_reader.h"
#include "http/message.h"

namespace cloudcart::analytics {

/// One reader's server-sent events: the overview, orders and alerts. Holds at most one piece.
class DashboardStream final : public http::BodyStream {
 public:
  /// With `last_event_id` (a log position) the orders placed since come first. Errors: overloaded, and those
  /// of the dashboard; an open stream has none and goes on when the store answers again.
  static Task<Result<std::shared_ptr<DashboardStream>>> open(AnalyticsApp& app,
                                                             std::shared_ptr<SharedOverviews> overviews,
                                                             Caller caller, PeriodRequest request,
                                                             std::optional<std::int64_t> last_event_id);
  explicit DashboardStream(std::unique_ptr<LiveReader> reader) : reader_(std::move(reader)) {}

  Task<std::optional<std::string>> next() override;
  void cancel() override;

 private:
  const std::unique_ptr<LiveReader> reader_;
  bool cancelled_ = false;
};

}  // namespace cloudcart::analytics
