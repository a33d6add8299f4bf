#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "analytics/ports/analytics_store.h"
#include "analytics/ports/dead_letters.h"
#include "analytics/ports/rebuild.h"
#include "analytics/ports/sales_cube.h"

namespace cloudcart::analytics {

/// Keeps what each order's events said and recomputes every answer from that. Slow and plain: it is what
/// faster stores are checked against. For one thread.
class MemoryAnalyticsStore final : public AnalyticsStore,
                                   public SalesCube,
                                   public DeadLetters,
                                   public Rebuild {
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

  /// All that a pass over the log has come to.
  struct State {
    std::int64_t position = 0;
    std::map<TenantId, ShopFacts> shops;
    std::map<std::int64_t, DeadLetter> letters;  ///< by position
  };

  explicit MemoryAnalyticsStore(Currency currency = Currency::parse("GBP").value()) : currency_(currency) {}
  /// As after a restart with another setting.
  void set_currency(Currency currency) { currency_ = currency; }

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

  Task<Result<Page>> list_dead_letters(TenantId tenant, std::int64_t offset, std::int64_t limit,
                                       Deadline deadline) override;
  Task<Result<Retried>> retry_dead_letter(TenantId tenant, std::int64_t position, Deadline deadline) override;

  Task<Status> begin_rebuild(Deadline deadline) override;
  Task<Result<std::int64_t>> apply_to_rebuild(std::vector<events::LogRecord> records,
                                              Deadline deadline) override;
  Task<Result<bool>> switch_over(Deadline deadline) override;
  Task<Result<bool>> remove_remains(Deadline deadline) override;

 private:
  Applied apply_to(State& state, const std::vector<events::LogRecord>& records) const;
  static std::optional<PlacedOrder> absorb(State& state, const events::LogRecord& record);
  static std::vector<OrderSummary> recent_orders(const ShopFacts& facts, std::size_t limit);

  Currency currency_;
  State asked_;
  std::optional<State> rebuilt_;
};

}  // namespace cloudcart::analytics
