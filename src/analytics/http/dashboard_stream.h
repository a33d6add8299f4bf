#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "analytics/app/analytics_app.h"
#include "analytics/http/shared_overviews.h"
#include "http/message.h"

namespace cloudcart::analytics {

/// One reader's server-sent events: the overview at once and when it changes, orders as they are placed,
/// heartbeats. Holds at most one piece: a reader that is slow gets fewer, newer overviews, and of more than
/// `replay_bound` missed orders the newest.
class DashboardStream final : public http::BodyStream {
 public:
  /// With `last_event_id` (a log position) the orders placed since come first. Errors: overloaded, and those
  /// of the dashboard; an open stream has none and goes on when the store answers again.
  static Task<Result<std::shared_ptr<DashboardStream>>> open(AnalyticsApp& app,
                                                             std::shared_ptr<SharedOverviews> overviews,
                                                             Caller caller, PeriodRequest request,
                                                             std::optional<std::int64_t> last_event_id);

  Task<std::optional<std::string>> next() override;
  void cancel() override;

 private:
  using Overview = std::shared_ptr<const SharedOverviews::Overview>;

  DashboardStream(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews, TenantId tenant,
                  PeriodRequest request, std::unique_ptr<LiveFeed::Reader> reader);

  Task<Status> begin(std::optional<std::int64_t> last_event_id, Deadline deadline);
  Task<std::string> collect(MonotonicTime now);
  void add_order(std::string& piece, const PlacedOrder& placed);
  void add_overview(std::string& piece, Overview overview, MonotonicTime now);
  MonotonicTime next_look(MonotonicTime now) const;

  AnalyticsApp& app_;
  const std::shared_ptr<SharedOverviews> overviews_;
  const TenantId tenant_;
  const PeriodRequest request_;
  const std::unique_ptr<LiveFeed::Reader> reader_;

  std::string first_piece_;
  std::int64_t position_ = 0;  ///< every order up to here has been sent
  Overview shown_;
  MonotonicTime next_piece_at_{};
  MonotonicTime next_overview_at_{};
  MonotonicTime next_heartbeat_at_{};
  bool cancelled_ = false;
};

}  // namespace cloudcart::analytics
