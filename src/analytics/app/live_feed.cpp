#include "analytics/app/live_feed.h"

#include <algorithm>

namespace cloudcart::analytics {

struct LiveFeed::Wake {
  Notifier changed;
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
  for (const auto& wake : wakes_) wake->changed.notify_all();
}

std::int64_t LiveFeed::position() const {
  const std::scoped_lock lock(mutex_);
  return position_;
}

std::size_t LiveFeed::readers() const {
  const std::scoped_lock lock(mutex_);
  return wakes_.size();
}

Result<std::unique_ptr<LiveFeed::Reader>> LiveFeed::subscribe(TenantId tenant) {
  auto wake = std::make_shared<Wake>();
  {
    const std::scoped_lock lock(mutex_);
    if (wakes_.size() >= max_readers_)
      return fail(ErrorCode::overloaded, "Too many live streams are open; try again later.");
    wakes_.insert(wake);
  }
  return std::make_unique<Reader>(*this, std::move(tenant), std::move(wake));
}

LiveFeed::Reader::Reader(LiveFeed& feed, TenantId tenant, std::shared_ptr<Wake> wake)
    : feed_(feed), tenant_(std::move(tenant)), wake_(std::move(wake)) {}

LiveFeed::Reader::~Reader() {
  const std::scoped_lock lock(feed_.mutex_);
  feed_.wakes_.erase(wake_);
}

LiveFeed::News LiveFeed::Reader::news_after(std::int64_t position) const {
  const std::scoped_lock lock(feed_.mutex_);
  News news{feed_.position_, {}};
  const auto& orders = feed_.orders_;
  for (auto order = std::ranges::upper_bound(orders, position, {}, &PlacedOrder::position);
       order != orders.end(); ++order)
    if (order->tenant == tenant_) news.orders.push_back(*order);
  return news;
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
