#include "analytics/http/live_reader.h"

#include <algorithm>

#include "analytics/http/answers.h"
#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr milliseconds overview_gap{50};
/// Orders that come within it go out together: many wake-ups a second would cost more than they show.
constexpr milliseconds piece_gap{10};
/// More than that is told in several: a slow reader's piece waits in memory until it is taken.
constexpr std::size_t piece_bound = 32;
constexpr seconds heartbeat_gap{15};
constexpr seconds store_limit{5};
/// After an error of the store.
constexpr seconds retry_gap{1};

std::size_t room(const std::vector<LiveEvent>& piece) {
  return piece_bound - std::min(piece_bound, piece.size());
}

/// Topics that are told by messages, and what one is called.
struct MessageTopic {
  LiveTopic topic;
  std::string_view type;
};
constexpr std::array message_topics{MessageTopic{LiveTopic::stock, "stock"},
                                    MessageTopic{LiveTopic::recommendations, "recommendations"},
                                    MessageTopic{LiveTopic::alerts, "alert"}};

}  // namespace

LiveReader::LiveReader(AnalyticsApp& app, std::shared_ptr<SharedOverviews> overviews, TenantId tenant,
                       std::unique_ptr<LiveFeed::Reader> reader)
    : app_(app),
      overviews_(std::move(overviews)),
      tenant_(std::move(tenant)),
      reader_(std::move(reader)),
      position_(app_.live_feed.position()),
      next_heartbeat_at_(Executor::current()->now() + heartbeat_gap) {}

Task<Status> LiveReader::follow(LiveTopics topics, PeriodRequest request, std::optional<std::int64_t> after,
                                Deadline deadline) {
  auto position = topics_.contains(LiveTopic::orders) ? position_ : app_.live_feed.position();
  Overview overview;
  if (topics.contains(LiveTopic::overview)) {
    CLOUDCART_CO_TRY(auto answer, co_await overviews_->current(tenant_, request, deadline));
    overview = std::move(answer);
  }
  std::vector<PlacedOrder> missed;
  if (after && topics.contains(LiveTopic::orders)) {
    // A position beyond the store's is of another log, one from before a restore for instance.
    CLOUDCART_CO_TRY(const auto reached, co_await app_.position(deadline));
    position = std::min(*after, reached);
    CLOUDCART_CO_TRY(missed, co_await app_.placed_after(tenant_, position, deadline));
  }

  const auto now = Executor::current()->now();
  next_heartbeat_at_ = now + heartbeat_gap;
  position_ = position;
  for (const auto& placed : missed) add_order(first_, placed);
  if (overview) {
    request_ = std::move(request);
    add_overview(first_, std::move(overview), now);
  }
  for (const auto& [topic, type] : message_topics)
    if (topics.contains(topic) && !topics_.contains(topic))
      told_[static_cast<std::size_t>(topic)] = is_state(topic) ? 0 : reader_->last_message();
  topics_.add(topics);
  reader_->follow(topics_);
  co_return Status{};
}

void LiveReader::leave(LiveTopics topics) {
  topics_.remove(topics);
  reader_->follow(topics_);
  if (!topics_.contains(LiveTopic::overview)) shown_.reset();
}

void LiveReader::add_order(Events& events, const PlacedOrder& placed) {
  position_ = placed.position;
  events.push_back({"order", position_, placed_order_json(placed).str()});
}

void LiveReader::add_overview(Events& events, Overview overview, MonotonicTime now) {
  events.push_back({"overview", position_, overview->json});
  shown_ = std::move(overview);
  next_overview_at_ = now + overview_gap;
}

void LiveReader::add_messages(Events& events, LiveTopic topic) {
  auto& told = told_[static_cast<std::size_t>(topic)];
  const auto type = std::ranges::find(message_topics, topic, &MessageTopic::topic)->type;
  for (auto& message : reader_->messages_after(topic, told, room(events))) {
    told = message.id;
    events.push_back({type, position_, std::move(message.json)});
  }
}

bool LiveReader::shows_an_old_overview() const {
  return shown_ && !overviews_->is_current(*shown_, request_);
}

Task<std::vector<LiveEvent>> LiveReader::next() {
  Events events = std::exchange(first_, {});
  while (events.empty() && !interrupted_) {
    const auto ticket = reader_->ticket();
    const auto now = Executor::current()->now();
    if (now >= next_piece_at_) events = co_await collect(now);
    if (events.empty() && !interrupted_) co_await reader_->wait(ticket, next_look(now));
  }
  interrupted_ = false;
  // Behind a full piece there is more to tell.
  if (!events.empty())
    next_piece_at_ = Executor::current()->now() + (room(events) > 0 ? piece_gap : milliseconds{0});
  co_return events;
}

Task<LiveReader::Events> LiveReader::collect(MonotonicTime now) {
  Events events;
  if (topics_.contains(LiveTopic::orders)) {
    const auto news = reader_->news_after(position_, piece_bound);
    for (const auto& placed : news.orders) add_order(events, placed);
    position_ = std::max(position_, news.position);
  } else {
    position_ = std::max(position_, app_.live_feed.position());
  }
  for (const auto& [topic, type] : message_topics)
    if (topics_.contains(topic)) add_messages(events, topic);
  if (now >= next_overview_at_ && shows_an_old_overview() && !goes_ahead_of_overview(events)) {
    auto overview = co_await overviews_->current(tenant_, request_, now + store_limit);
    if (overview) {
      add_overview(events, *std::move(overview), now);
    } else {
      next_overview_at_ = now + retry_gap;
    }
  }
  if (now >= next_heartbeat_at_) {
    events.push_back({"heartbeat", position_, "{}"});
    next_heartbeat_at_ = now + heartbeat_gap;
  }
  co_return events;
}

/// An overview has to be made, and is long: what is there already does not wait for it, once.
bool LiveReader::goes_ahead_of_overview(const Events& events) {
  overview_is_next_ = !events.empty() && !overview_is_next_;
  return overview_is_next_;
}

MonotonicTime LiveReader::next_look(MonotonicTime now) const {
  if (now < next_piece_at_) return next_piece_at_;
  if (!shows_an_old_overview()) return next_heartbeat_at_;
  return std::min(next_overview_at_, next_heartbeat_at_);
}

void LiveReader::interrupt() {
  interrupted_ = true;
  reader_->wake();
}

}  // namespace cloudcart::analytics
