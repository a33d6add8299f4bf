#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/app/analytics_app.h"
#include "analytics/http/shared_overviews.h"

namespace cloudcart::analytics {

/// Something to tell one who follows, whatever the form.
struct LiveEvent {
  std::string_view type;      ///< "overview", "order", "stock", "recommendations", "alert" or "heartbeat"
  std::int64_t position = 0;  ///< of the log: every order up to here has been told, if orders are followed
  std::string json;           ///< its data
};

/// What one reader of the live feed is to be told next. Overviews come at once and when they change, orders as they
/// are placed, heartbeats now and then. Holds nothing back for a reader that is slow: it gets fewer, newer overviews,
/// and of more than `replay_bound` missed orders the newest. All on one executor; one call at a time, but
/// interrupt().
class LiveReader {
 public:
  LiveReader(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews, TenantId tenant,
             std::unique_ptr<LiveFeed::Reader> reader);

  /// Follows these topics too, from now on or, orders, from behind position `after`. `request` is what the overview is
  /// of; one that is followed already is exchanged. Errors, which change nothing: those of the dashboard.
  Task<Status> follow(LiveTopics topics, PeriodRequest request, std::optional<std::int64_t> after,
                      Deadline deadline);
  void leave(LiveTopics topics);
  LiveTopics topics() const { return topics_; }
  std::int64_t position() const { return position_; }

  /// What a follow() has to tell at once; the next next() would begin with it.
  std::vector<LiveEvent> take_first() { return std::exchange(first_, {}); }
  /// Waits for something to tell. Ends early, with nothing, at an interrupt().
  Task<std::vector<LiveEvent>> next();
  void interrupt();

 private:
  using Events = std::vector<LiveEvent>;
  using Overview = std::shared_ptr<const SharedOverviews::Overview>;

  Task<Events> collect(MonotonicTime now);
  void add_order(Events& events, const PlacedOrder& placed);
  void add_overview(Events& events, Overview overview, MonotonicTime now);
  void add_messages(Events& events, LiveTopic topic);
  bool shows_an_old_overview() const;
  bool goes_ahead_of_overview(const Events& events);
  MonotonicTime next_look(MonotonicTime now) const;

  AnalyticsApp& app_;
  const std::shared_ptr<SharedOverviews> overviews_;
  const TenantId tenant_;
  const std::unique_ptr<LiveFeed::Reader> reader_;

  LiveTopics topics_;
  PeriodRequest request_;
  Events first_;  ///< to tell at once, since follow()
  std::int64_t position_ = 0;
  std::array<std::int64_t, live_topic_count> told_{};  ///< by topic: every message up to this id
  Overview shown_;
  MonotonicTime next_piece_at_{};
  MonotonicTime next_overview_at_{};
  MonotonicTime next_heartbeat_at_{};
  bool overview_is_next_ = false;
  bool interrupted_ = false;
};

}  // namespace cloudcart::analytics
