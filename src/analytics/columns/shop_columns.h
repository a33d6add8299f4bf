#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analytics/columns/all_time.h"
#include "analytics/columns/block.h"
#include "analytics/columns/day_rollups.h"
#include "analytics/columns/directory.h"
#include "analytics/columns/order_change.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// The flows of one shop's orders in memory, in columns, and rollups of them; what is asked is answered from
/// here. Derived from stored facts alone: the state depends on what was told, not on its order.
///
/// About 50 bytes an order, 12 each time it is shipped, delivered or given back, and 16 a line. For one thread at a
/// time, or for several that only read.
class ShopColumns {
 public:
  /// `days`: the zone whose days have rollups of their own.
  explicit ShopColumns(TimeZone days) : buyers_(std::move(days)) {}

  /// Tell of these before the first change that names them.
  void learn_customer(std::uint32_t number, UserId user);
  Items& items() { return items_; }
  void apply(const OrderChange& change);

  /// Errors: validation_failed for too many groups.
  Result<CubeAnswer> ask(const CubeQuery& query) const;
  std::optional<Companions> companions(ProductId product, TimeRange range, std::size_t limit) const;
  std::vector<Cohort> cohorts(const TimeAxis& months) const;
  std::vector<CustomerProfile> customer_profiles() const;
  std::optional<Extent> extent() const;
  std::size_t bytes() const;

  // For the scan of a query.
  const std::vector<std::unique_ptr<Block>>& blocks() const { return blocks_; }
  const std::vector<CustomerTotals>& customers() const { return customers_; }
  const Items& items() const { return items_; }
  const QuarterRollup& quarters() const { return quarters_; }
  const DayBuyers& buyers() const { return buyers_; }
  const AllTimeSales& all_time_sales() const { return all_time_; }
  /// Of all flows.
  const Span& span() const { return span_; }

 private:
  void count_placed(const OrderChange& change);
  void count_first_order(const OrderChange& change);
  void count_given_back(const OrderChange& change);
  void count_passage(std::int64_t placed_at, std::optional<Timestamp> passed_at,
                     std::int64_t SalesFigures::* orders, std::int64_t SalesFigures::* total_seconds);

  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<CustomerTotals> customers_{1};
  Items items_;
  QuarterRollup quarters_;
  DayBuyers buyers_;
  AllTimeSales all_time_;
  Span span_;
  Span sales_span_;  ///< of what is placed and given back
};

}  // namespace cloudcart::analytics
