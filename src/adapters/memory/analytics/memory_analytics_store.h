#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "analytics/ports/analytics_store.h"
#include "analytics/ports/sales_cube.h"

namespace cloudcart::analytics {

/// Keeps what each order's events said and recomputes every answer from that. Slow and plain: it is what
/// faster stores are checked against. For one thread.
class MemoryAnalyticsStore final : public AnalyticsStore, public SalesCube {
 public:
  struct Order {
    std::optional<events::OrderEvent> placed;
    std::optional<events::OrderEvent> given_back;
    std::optional<events::OrderEvent> shipped;
    std::optional<events::OrderEvent> delivered;
    std::int64_t version = 0;  ///< the highest seen
    OrderStatus status = OrderStatus::pending;
  };
  struct ShopFacts {
    std::map<OrderId, Order> orders;
    std::map<ProductId, std::pair<Timestamp, std::string>> names;  ///< the newest, and as of when
    std::deque<PlacedOrder> placed;
    std::optional<Timestamp> last_event_at;
  };

  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Result<Applied>> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  Task<Result<std::vector<PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after,
                                                      Deadline deadline) override;
  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override;

  Task<Result<CubeAnswers>> ask(TenantId tenant, CubeQuestions questions, Deadline deadline) override;
  Task<Result<std::optional<Extent>>> extent(TenantId tenant, Deadline deadline) override;
  Task<Result<std::optional<Companions>>> companions(TenantId tenant, ProductId product, TimeRange range,
                                                     std::size_t limit, Deadline deadline) override;
  Task<Result<std::vector<Cohort>>> cohorts(TenantId tenant, TimeAxis months, Deadline deadline) override;
  Task<Result<std::vector<CustomerProfile>>> customers(TenantId tenant, Deadline deadline) override;

 private:
  static std::optional<PlacedOrder> absorb(ShopFacts& facts, const events::LogRecord& record);
  static std::vector<OrderSummary> recent_orders(const ShopFacts& facts, std::size_t limit);

  std::int64_t position_ = 0;
  std::map<TenantId, ShopFacts> shops_;
};

}  // namespace cloudcart::analytics
