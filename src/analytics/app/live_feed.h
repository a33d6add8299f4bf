#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "analytics/app/live_topic.h"
#include "analytics/ports/analytics_store.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// What was applied just now, and what others have to tell, for those who watch. Holds the newest `replay_bound`
/// orders and messages of each topic, and no queue per reader: one that reads slowly finds less, never makes the
/// memory grow. Safe between threads.
class LiveFeed {
 public:
  class Reader;
  /// What has come in since a position.
  struct News {
    std::int64_t position = 0;  ///< everything up to here is in `orders`
    std::vector<PlacedOrder> orders;
  };

  /// Of a topic that is told by messages.
  struct Message {
    std::int64_t id = 0;  ///< grows with each message, whatever the topic; since the start of the process
    std::string json;
  };

  explicit LiveFeed(std::size_t max_readers) : max_readers_(max_readers) {}
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;

  /// The store is at this position, and what it did before is not news.
  void start_at(std::int64_t position);
  /// Call after the commit: whoever is woken finds it in the store.
  void publish(const Applied& applied);
  std::int64_t position() const;
  /// The figures of positions that were published have changed: a dead letter was added up.
  void publish_amendment();
  /// How often that was, since the start of the process.
  std::int64_t amendments() const;
  /// Tells those of the shop who follow `topic`. It takes the place of a message with the same `about`, which is
  /// what it tells of; of a topic that is no state each message has another.
  void publish(LiveTopic topic, TenantId tenant, std::string about, std::string json);
  /// The shops in which somebody follows a topic, so that nobody gathers what nobody wants to know.
  std::set<TenantId> shops_following(LiveTopic topic) const;

  /// One who is woken by what is published of the topics; of orders and overview by what is applied. Errors: overloaded, when there are too many. Must go before the feed
  /// does.
  Result<std::unique_ptr<Reader>> subscribe(TenantId tenant,
                                            LiveTopics topics = {LiveTopic::overview, LiveTopic::orders});
  std::size_t readers() const;

 private:
  struct Wake;
  struct Kept {
    TenantId tenant;
    std::string about;
    Message message;
  };

  void wake_followers(LiveTopics any_of, const TenantId* tenant);

  const std::size_t max_readers_;
  mutable std::mutex mutex_;
  std::int64_t position_ = 0;
  std::int64_t amendments_ = 0;
  std::deque<PlacedOrder> orders_;
  std::int64_t last_message_ = 0;
  std::array<std::deque<Kept>, live_topic_count> messages_;
  std::set<std::shared_ptr<Wake>> wakes_;
};

/// A reader belongs to the executor that it waits on; only wake() may come from elsewhere.
class LiveFeed::Reader {
 public:
  Reader(LiveFeed& feed, std::shared_ptr<Wake> wake);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Other topics from now on.
  void follow(LiveTopics topics);

  /// The first `limit` orders beyond the position, as far as they are kept.
  News news_after(std::int64_t position, std::size_t limit = replay_bound) const;
  /// The first `limit` messages of a topic with greater ids, in order.
  std::vector<Message> messages_after(LiveTopic topic, std::int64_t id,
                                      std::size_t limit = replay_bound) const;
  std::int64_t last_message() const;

  /// To miss nothing: ticket() first, then news_after(), then wait() with that ticket.
  Notifier::Ticket ticket() const;
  /// Ends after a publish() or wake() since the ticket, and at `until`; may end early without a reason.
  Task<void> wait(Notifier::Ticket seen, MonotonicTime until);
  void wake();

 private:
  LiveFeed& feed_;
  const std::shared_ptr<Wake> wake_;
};

}  // namespace cloudcart::analytics
