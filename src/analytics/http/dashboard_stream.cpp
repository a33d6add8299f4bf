#include "analytics/http/dashboard_stream.h"

#include <algorithm>

#include "analytics/http/answers.h"
#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr milliseconds overview_gap{50};
/// Orders that come within it go out together: many wake-ups a second would cost more than they show.
constexpr milliseconds piece_gap{10};
constexpr seconds heartbeat_gap{15};
constexpr seconds store_limit{5};
/// After an error of the store.
constexpr seconds retry_gap{1};

/// `id` 0 is no position and is left out: with it a reader would come back as one who has seen nothing.
void append_event(std::string& out, std::int64_t id, std::string_view event, std::string_view data) {
  if (id > 0) out.append("id: ").append(std::to_string(id)).append("\n");
  out.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
}

}  // namespace

DashboardStream::DashboardStream(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews,
                                 TenantId tenant, PeriodRequest request,
                                 std::unique_ptr<LiveFeed::Reader> reader)
    : app_(app),
      overviews_(std::move(overviews)),
      tenant_(std::move(tenant)),
      request_(std::move(request)),
      reader_(std::move(reader)) {}

Task<Result<std::shared_ptr<DashboardStream>>> DashboardStream::open(
    AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews, Caller caller, PeriodRequest request,
    std::optional<std::int64_t> last_event_id) {
  CLOUDCART_CO_TRY(auto reader, app.live_feed.subscribe(caller.tenant));
  std::shared_ptr<DashboardStream> stream(new DashboardStream(
      app, std::move(overviews), std::move(caller.tenant), std::move(request), std::move(reader)));
  CLOUDCART_CO_CHECK(co_await stream->begin(last_event_id, caller.deadline));
  co_return stream;
}

Task<Status> DashboardStream::begin(std::optional<std::int64_t> last_event_id, Deadline deadline) {
  position_ = app_.live_feed.position();
  CLOUDCART_CO_TRY(auto overview, co_await overviews_->current(tenant_, request_, deadline));
  if (last_event_id) {
    // A position beyond the store's is of another log, one from before a restore for instance.
    position_ = std::min(*last_event_id, overview->position);
    CLOUDCART_CO_TRY(const auto missed, co_await app_.placed_after(tenant_, position_, deadline));
    for (const auto& placed : missed) add_order(first_piece_, placed);
  }
  const auto now = Executor::current()->now();
  add_overview(first_piece_, std::move(overview), now);
  next_heartbeat_at_ = now + heartbeat_gap;
  co_return Status{};
}

void DashboardStream::add_order(std::string& piece, const PlacedOrder& placed) {
  position_ = placed.position;
  append_event(piece, position_, "order", placed_order_json(placed).str());
}

void DashboardStream::add_overview(std::string& piece, Overview overview, MonotonicTime now) {
  append_event(piece, position_, "overview", overview->json);
  shown_ = std::move(overview);
  next_overview_at_ = now + overview_gap;
}

Task<std::optional<std::string>> DashboardStream::next() {
  std::string piece = std::exchange(first_piece_, {});
  while (piece.empty() && !cancelled_) {
    const auto ticket = reader_->ticket();
    const auto now = Executor::current()->now();
    if (now >= next_piece_at_) piece = co_await collect(now);
    if (piece.empty() && !cancelled_) co_await reader_->wait(ticket, next_look(now));
  }
  if (cancelled_) co_return std::nullopt;
  next_piece_at_ = Executor::current()->now() + piece_gap;
  co_return piece;
}

Task<std::string> DashboardStream::collect(MonotonicTime now) {
  std::string piece;
  const auto news = reader_->news_after(position_);
  for (const auto& placed : news.orders) add_order(piece, placed);
  position_ = std::max(position_, news.position);
  if (now >= next_overview_at_ && !overviews_->is_current(*shown_, request_)) {
    auto overview = co_await overviews_->current(tenant_, request_, now + store_limit);
    if (overview) {
      add_overview(piece, *std::move(overview), now);
    } else {
      next_overview_at_ = now + retry_gap;
    }
  }
  if (now >= next_heartbeat_at_) {
    append_event(piece, position_, "heartbeat", "{}");
    next_heartbeat_at_ = now + heartbeat_gap;
  }
  co_return piece;
}

MonotonicTime DashboardStream::next_look(MonotonicTime now) const {
  if (now < next_piece_at_) return next_piece_at_;
  if (overviews_->is_current(*shown_, request_)) return next_heartbeat_at_;
  return std::min(next_overview_at_, next_heartbeat_at_);
}

void DashboardStream::cancel() {
  cancelled_ = true;
  reader_->wake();
}

}  // namespace cloudcart::analytics
