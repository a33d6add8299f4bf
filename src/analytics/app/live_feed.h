#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "analytics/ports/analytics_store.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// What was applied just now, for those who watch. Holds the newest `replay_bound` orders and no queue per
/// reader: one that reads slowly finds less, never makes the memory grow. Safe between threads.
class LiveFeed {
 public:
  class Reader;
  /// What has come in since a position.
  struct News {
    std::int64_t position = 0;  ///< everything up to here is in
    std::vector<PlacedOrder> orders;
  };

  explicit LiveFeed(std::size_t max_readers) : max_readers_(max_readers) {}
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;

  /// The store is at this position, and what it did before is not news.
  void start_at(std::int64_t position);
  /// Call after the commit: whoever is woken finds it in the store.
  void publish(const Applied& applied);
  std::int64_t position() const;

  /// One who is woken by publish(). Errors: overloaded, when there are too many. Must go before the feed
  /// does.
  Result<std::unique_ptr<Reader>> subscribe(TenantId tenant);
  std::size_t readers() const;

 private:
  struct Wake;

  const std::size_t max_readers_;
  mutable std::mutex mutex_;
  std::int64_t position_ = 0;
  std::deque<PlacedOrder> orders_;
  std::set<std::shared_ptr<Wake>> wakes_;
};

/// A reader belongs to the executor that it waits on; only wake() may come from elsewhere.
class LiveFeed::Reader {
 public:
  Reader(LiveFeed& feed, TenantId tenant, std::shared_ptr<Wake> wake);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  News news_after(std::int64_t position) const;

  /// To miss nothing: ticket() first, then news_after(), then wait() with that ticket.
  Notifier::Ticket ticket() const;
  /// Ends after a publish() or wake() since the ticket, and at `until`; may end early without a reason.
  Task<void> wait(Notifier::Ticket seen, MonotonicTime until);
  void wake();

 private:
  LiveFeed& feed_;
  const TenantId tenant_;
  const std::shared_ptr<Wake> wake_;
};

}  // namespace cloudcart::analytics
