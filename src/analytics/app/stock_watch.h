#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "analytics/app/live_feed.h"
#include "analytics/ports/stock.h"
#include "events/event_log.h"
#include "runtime/event_loop.h"

namespace cloudcart::analytics {

/// Tells those who follow the topic `stock` what is left of products: of each that is in an order applied while they
/// follow, and of those that they name. The product service says how much there is; here is only watched for changes,
/// by asking again. A product that changes often is told of at most once a round. Bounded; safe between threads.
class StockWatch {
 public:
  /// A product with so many, or fewer, is low.
  static constexpr std::int64_t low_at = 5;
  static constexpr std::size_t max_watched = 1000;

  StockWatch(Stock& stock, LiveFeed& feed) : stock_(stock), feed_(feed) {}

  /// Orders have taken products, or give them back.
  void touch(const std::vector<events::LogRecord>& records);
  /// Somebody wants to know of these.
  void watch(const TenantId& tenant, std::span<const ProductId> products);
  /// Asks and tells, as long as somebody follows.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// One round.
  Task<void> look();

 private:
  struct Watched {
    std::optional<ProductStock> told;
    MonotonicTime due{};
    MonotonicTime changes_until{};  ///< until then more changes are likely, and it is looked at in each round
  };
  using Key = std::pair<TenantId, ProductId>;

  void expect_change(const Key& key, MonotonicTime now);
  std::vector<ProductId> due_of(const TenantId& tenant, MonotonicTime now);
  void tell(const TenantId& tenant, const std::vector<ProductStock>& found);

  Stock& stock_;
  LiveFeed& feed_;
  std::mutex mutex_;
  std::map<Key, Watched> watched_;
};

}  // namespace cloudcart::analytics
