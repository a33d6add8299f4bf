#include "analytics/http/dashboard_stream.h"

namespace cloudcart::analytics {
namespace {

constexpr LiveTopics topics{LiveTopic::overview, LiveTopic::orders, LiveTopic::alerts};

/// Position 0 is none and is left out: with it a reader would come back as one who has seen nothing.
void append_event(std::string& out, const LiveEvent& event) {
  if (event.position > 0) out.append("id: ").append(std::to_string(event.position)).append("\n");
  out.append("event: ").append(event.type).append("\ndata: ").append(event.json).append("\n\n");
}

}  // namespace

Task<Result<std::shared_ptr<DashboardStream>>> DashboardStream::open(
    AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews, Caller caller, PeriodRequest request,
    std::optional<std::int64_t> last_event_id) {
  CLOUDCART_CO_TRY(auto subscription, app.live_feed.subscribe(caller.tenant, topics));
  auto reader = std::make_unique<LiveReader>(app, std::move(overviews), std::move(caller.tenant),
                                             std::move(subscription));
  CLOUDCART_CO_CHECK(co_await reader->follow(topics, std::move(request), last_event_id, caller.deadline));
  co_return std::make_shared<DashboardStream>(std::move(reader));
}

Task<std::optional<std::string>> DashboardStream::next() {
  std::string piece;
  while (piece.empty() && !cancelled_)
    for (const auto& event : co_await reader_->next()) append_event(piece, event);
  if (cancelled_) co_return std::nullopt;
  co_return piece;
}

void DashboardStream::cancel() {
  cancelled_ = true;
  reader_->interrupt();
}

}  // namespace cloudcart::analytics
