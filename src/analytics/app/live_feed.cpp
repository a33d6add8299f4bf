#include "analytics/app/live_feed.h"

#include <algorithm>

namespace cloudcart::analytics {

struct LiveFeed::Wake {
  Notifier changed;
  TenantId tenant;
  LiveTopics topics;
  /// When timers will fire. An executor's timers cannot be taken back, so one that is set already is used
  /// again instead of leaving another behind with each wait.
  std::set<MonotonicTime> timers;
};

void LiveFeed::start_at(std::int64_t position) {
  const std::scoped_lock lock(mutex_);
  position_ = std::max(position_, position);
}

void LiveFeed::publish(const Applied& applied) {
  const std::scoped_lock lock(mutex_);
  if (applied.position <= position_) return;
  position_ = applied.position;
  orders_.insert(orders_.end(), applied.placed.begin(), applied.placed.end());
  if (orders_.size() > replay_bound)
    orders_.erase(orders_.begin(), orders_.end() - static_cast<std::ptrdiff_t>(replay_bound));
  // Overviews compare with other days and count statuses: what is no news of a shop changes them too.
  wake_followers({LiveTopic::overview, LiveTopic::orders}, nullptr);
}

void LiveFeed::publish(LiveTopic topic, TenantId tenant, std::string about, std::string json) {
  const std::scoped_lock lock(mutex_);
  auto& kept = messages_[static_cast<std::size_t>(topic)];
  std::erase_if(kept, [&](const Kept& old) { return old.tenant == tenant && old.about == about; });
  kept.push_back({std::move(tenant), std::move(about), {++last_message_, std::move(json)}});
  if (kept.size() > replay_bound) kept.pop_front();
  wake_followers({topic}, &kept.back().tenant);
}

/// The mutex must be held. Without a tenant: those of every shop.
void LiveFeed::wake_followers(LiveTopics any_of, const TenantId* tenant) {
  for (const auto& wake : wakes_)
    if (wake->topics.has_any(any_of) && (!tenant || wake->tenant == *tenant)) wake->changed.notify_all();
}

std::set<TenantId> LiveFeed::shops_following(LiveTopic topic) const {
  const std::scoped_lock lock(mutex_);
  std::set<TenantId> shops;
  for (const auto& wake : wakes_)
    if (wake->topics.contains(topic)) shops.insert(wake->tenant);
  return shops;
}

void LiveFeed::publish_amendment() {
  const std::scoped_lock lock(mutex_);
  ++amendments_;
  wake_followers({LiveTopic::overview}, nullptr);
}

std::int64_t LiveFeed::amendments() const {
  const std::scoped_lock lock(mutex_);
  return amendments_;
}

std::int64_t LiveFeed::position() const {
  const std::scoped_lock lock(mutex_);
  return position_;
}

std::size_t LiveFeed::readers() const {
  const std::scoped_lock lock(mutex_);
  return wakes_.size();
}

Result<std::unique_ptr<LiveFeed::Reader>> LiveFeed::subscribe(TenantId tenant, LiveTopics topics) {
  auto wake = std::make_shared<Wake>();
  wake->tenant = std::move(tenant);
  wake->topics = topics;
  {
    const std::scoped_lock lock(mutex_);
    if (wakes_.size() >= max_readers_)
      return fail(ErrorCode::overloaded, "Too many live streams are open; try again later.");
    wakes_.insert(wake);
  }
  return std::make_unique<Reader>(*this, std::move(wake));
}

LiveFeed::Reader::Reader(LiveFeed& feed, std::shared_ptr<Wake> wake) : feed_(feed), wake_(std::move(wake)) {}

LiveFeed::Reader::~Reader() {
  const std::scoped_lock lock(feed_.mutex_);
  feed_.wakes_.erase(wake_);
}

void LiveFeed::Reader::follow(LiveTopics topics) {
  const std::scoped_lock lock(feed_.mutex_);
  wake_->topics = topics;
}

LiveFeed::News LiveFeed::Reader::news_after(std::int64_t position, std::size_t limit) const {
  const std::scoped_lock lock(feed_.mutex_);
  News news{feed_.position_, {}};
  const auto& orders = feed_.orders_;
  for (auto order = std::ranges::upper_bound(orders, position, {}, &PlacedOrder::position);
       order != orders.end(); ++order)
    if (order->tenant == wake_->tenant) {
      if (news.orders.size() == limit) {
        news.position = news.orders.back().position;
        break;
      }
      news.orders.push_back(*order);
    }
  return news;
}

std::vector<LiveFeed::Message> LiveFeed::Reader::messages_after(LiveTopic topic, std::int64_t id,
                                                                std::size_t limit) const {
  const std::scoped_lock lock(feed_.mutex_);
  std::vector<Message> found;
  const auto& kept = feed_.messages_[static_cast<std::size_t>(topic)];
  const auto id_of = [](const Kept& one) { return one.message.id; };
  for (auto one = std::ranges::upper_bound(kept, id, {}, id_of); one != kept.end() && found.size() < limit;
       ++one)
    if (one->tenant == wake_->tenant) found.push_back(one->message);
  return found;
}

std::int64_t LiveFeed::Reader::last_message() const {
  const std::scoped_lock lock(feed_.mutex_);
  return feed_.last_message_;
}

Notifier::Ticket LiveFeed::Reader::ticket() const {
  return wake_->changed.ticket();
}

Task<void> LiveFeed::Reader::wait(Notifier::Ticket seen, MonotonicTime until) {
  auto& timers = wake_->timers;
  if (timers.empty() || *timers.begin() > until) {
    timers.insert(until);
    Executor::current()->post_at(until, [until, reader = std::weak_ptr{wake_}] {
      const auto wake = reader.lock();
      if (!wake) return;
      wake->timers.erase(until);
      wake->changed.notify_all();
    });
  }
  co_await wake_->changed.wait(seen, MonotonicTime::max());
}

void LiveFeed::Reader::wake() {
  wake_->changed.notify_all();
}

}  // namespace cloudcart::analytics
