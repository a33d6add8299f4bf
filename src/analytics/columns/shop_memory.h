#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "analytics/columns/learned.h"
#include "analytics/columns/shop_columns.h"

namespace cloudcart::analytics {

/// The newest orders of a shop, by time, then id, as they stand now.
class RecentOrders {
 public:
  void take_in(const ChangedOrder& order);
  std::vector<OrderSummary> newest(std::size_t limit) const;

 private:
  struct Entry {
    std::uint32_t number;
    OrderSummary summary;
  };
  static constexpr std::size_t bound = 100;
  std::vector<Entry> orders_;  ///< newest first
};

/// What of one shop is in memory.
struct ShopMemory {
  explicit ShopMemory(TimeZone days) : columns(std::move(days)) {}
  void learn(const Lesson& lesson);

  ShopColumns columns;
  RecentOrders recent;
  std::optional<Timestamp> last_event_at;
};

/// All shops as of one position of the log.
class Memory {
 public:
  explicit Memory(TimeZone days) : days_(std::move(days)) {}
  void learn(const TenantId& tenant, const Lesson& lesson);
  /// Nullptr for a shop of which nothing is known.
  const ShopMemory* find(const TenantId& tenant) const;
  std::size_t bytes() const;

  std::int64_t position = 0;
  std::int64_t dead_letters = 0;

 private:
  const TimeZone days_;
  std::map<TenantId, std::unique_ptr<ShopMemory>> shops_;
};

}  // namespace cloudcart::analytics
