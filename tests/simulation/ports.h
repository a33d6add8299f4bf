#pragma once

#include "adapters/memory/cache/memory_cache.h"
#include "simulation/disks.h"
#include "simulation/oracle.h"
#include "simulation/port_call.h"

namespace cloudcart::simulation {

// The ports of the services, over disks that outlive the process, with the faults of the plan. Where a mutation
// is on, its bug is here.

class SimOrderRepository final : public order::OrderRepository {
 public:
  SimOrderRepository(Site site, Disks& disks) : site_(site), disks_(disks), inner_(disks.orders) {}
  Task<Result<order::BoundKey>> claim_key(order::ClaimRequest request, Deadline deadline) override;
  Task<Result<bool>> drop_claim(order::HeldKey key, Deadline deadline) override;
  Task<Status> create(order::NewOrder order, Deadline deadline) override;
  Task<Result<order::OrderStatuses>> close_missing(TenantId tenant, std::vector<OrderId> ids, Timestamp now,
                                                   Deadline deadline) override;
  Task<Status> save_transition(order::Order order, std::int64_t expected_version, events::OrderEvent event,
                               Deadline deadline) override;
  Task<Result<std::optional<order::Order>>> find(TenantId tenant, OrderId order_id,
                                                 Deadline deadline) override;
  Task<Result<order::OrderPage>> list(TenantId tenant, order::OrderQuery query, Deadline deadline) override;
  Task<Result<std::vector<events::OrderEvent>>> events_of(TenantId tenant, OrderId order_id,
                                                          Deadline deadline) override;

 private:
  void note_closed(OrderId id, bool is_there);
  Task<Status> store(order::NewOrder order);
  Task<Status> store_in_two_steps(order::NewOrder order);

  const Site site_;
  Disks& disks_;
  order::MemoryOrderRepository inner_;
};

class SimCustomers final : public order::Customers {
 public:
  SimCustomers(Site site, Disks& disks) : site_(site), disks_(disks) {}
  Task<Result<bool>> exists(TenantId tenant, UserId user_id, Deadline deadline) override;

 private:
  const Site site_;
  Disks& disks_;
};

/// A log that is read in the process that keeps it, or in front of a broker's.
class SimEventLog final : public events::EventLog {
 public:
  SimEventLog(Site site, events::EventLog& inner) : site_(site), inner_(inner) {}
  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  const Site site_;
  events::EventLog& inner_;
};

/// Marks every product it reads with the number of the change it was read at, in its description.
class SimProductRepository final : public product::ProductRepository {
 public:
  SimProductRepository(Site site, Disks& disks, Oracle& oracle)
      : site_(site), oracle_(oracle), inner_(disks.products) {}
  Task<Result<product::AsOf<product::Product>>> create(TenantId tenant, product::Product product,
                                                       product::StockNote note, Deadline deadline) override;
  Task<Result<product::AsOf<product::Product>>> update(TenantId tenant, ProductId id,
                                                       product::ProductChange change, product::StockNote note,
                                                       Timestamp now, Deadline deadline) override;
  Task<Result<product::AsOf<std::vector<product::Product>>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                                  Deadline deadline) override;
  Task<Result<product::AsOf<product::ProductPage>>> list(TenantId tenant, product::ProductQuery query,
                                                         Deadline deadline) override;
  Task<Result<product::AsOf<std::vector<std::string>>>> categories(TenantId tenant,
                                                                   Deadline deadline) override;
  Task<Result<product::AsOf<std::size_t>>> import_products(TenantId tenant,
                                                           std::vector<product::Product> products,
                                                           Deadline deadline) override;

 private:
  const Site site_;
  Oracle& oracle_;
  product::MemoryProductRepository inner_;
};

/// The ledger as people correct it, over the same disk.
class SimStockLedger final : public product::StockLedger {
 public:
  SimStockLedger(Site site, Disks& disks, Oracle& oracle)
      : site_(site), oracle_(oracle), inner_(disks.products) {}
  Task<Result<product::StockHistory>> history(TenantId tenant, ProductId product, product::HistoryQuery query,
                                              Deadline deadline) override;
  Task<Result<product::AsOf<product::AdjustedStock>>> adjust(TenantId tenant,
                                                             product::StockAdjustment adjustment,
                                                             std::optional<product::AdjustmentKey> key,
                                                             Timestamp now, Deadline deadline) override;

 private:
  const Site site_;
  Oracle& oracle_;
  product::MemoryStockLedger inner_;
};

class SimStockRepository final : public product::StockRepository {
 public:
  SimStockRepository(Site site, Disks& disks, Oracle& oracle)
      : site_(site), disks_(disks), oracle_(oracle), inner_(disks.products) {}
  Task<Result<product::AsOf<std::vector<product::ReservedLine>>>> reserve(
      TenantId tenant, OrderId order, std::vector<product::LineRequest> lines, Timestamp now,
      Deadline deadline) override;
  Task<Result<product::AsOf<product::StockChanges>>> release(TenantId tenant, OrderId order, Timestamp now,
                                                             Deadline deadline) override;
  Task<Status> confirm(TenantId tenant, OrderId order, Timestamp now, Deadline deadline) override;
  Task<Result<std::int64_t>> followed_position(Deadline deadline) override;
  Task<Result<product::AsOf<product::StockChanges>>> follow(std::vector<product::OrderStep> steps,
                                                            std::int64_t position,
                                                            Deadline deadline) override;
  Task<Result<std::vector<product::HeldOrder>>> unsettled(Timestamp reserved_before, std::size_t limit,
                                                          Deadline deadline) override;
  Task<Result<product::AsOf<product::StockChanges>>> settle(TenantId tenant,
                                                            std::vector<product::SettledOrder> orders,
                                                            Timestamp now, Deadline deadline) override;
  Task<Result<std::vector<product::StockAudit>>> audit(TenantId tenant, Deadline deadline) override;

 private:
  using Reserved = Result<product::AsOf<std::vector<product::ReservedLine>>>;
  using Changes = Result<product::AsOf<product::StockChanges>>;
  Task<Reserved> take(TenantId tenant, OrderId order, std::vector<product::LineRequest> lines, Timestamp now);
  Task<Reserved> take_unchecked(TenantId tenant, OrderId order, std::vector<product::LineRequest> lines);
  Task<Changes> give_back(TenantId tenant, OrderId order, Timestamp now);
  void note(const product::AsOf<product::StockChanges>& changed);

  const Site site_;
  Disks& disks_;
  Oracle& oracle_;
  product::MemoryStockRepository inner_;
};

/// In front of the real cache in memory.
class SimCache final : public Cache {
 public:
  explicit SimCache(Site site)
      : site_(site), inner_(site.context.scheduler, {.max_bytes = 64 * 1024, .shards = 2}) {}
  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys,
                                                           Deadline deadline) override;
  Task<Status> put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                            Deadline deadline) override;
  Task<Status> erase(std::vector<std::string> keys, Version version, Deadline deadline) override;

 private:
  const Site site_;
  MemoryCache inner_;
  std::map<std::string, CacheEntry> careless_;  ///< of a planted bug
};

class SimAnalyticsStore final : public analytics::AnalyticsStore, public analytics::SalesCube {
 public:
  SimAnalyticsStore(Site site, Disks& disks) : site_(site), disk_(disks.analytics), inner_(disk_.store) {}
  Task<Result<std::int64_t>> position(Deadline deadline) override;
  Task<Result<analytics::Applied>> apply(std::vector<events::LogRecord> records, Deadline deadline) override;
  Task<Result<std::vector<analytics::PlacedOrder>>> placed_after(TenantId tenant, std::int64_t after,
                                                                 Deadline deadline) override;
  Task<Result<analytics::Totals>> totals(TenantId tenant, Deadline deadline) override;

  Task<Result<analytics::CubeAnswers>> ask(TenantId tenant, analytics::CubeQuestions questions,
                                           Deadline deadline) override;
  Task<Result<std::optional<analytics::Extent>>> extent(TenantId tenant, Deadline deadline) override;
  Task<Result<std::optional<analytics::Companions>>> companions(TenantId tenant, ProductId product,
                                                                analytics::TimeRange range, std::size_t limit,
                                                                Deadline deadline) override;
  Task<Result<std::vector<analytics::Cohort>>> cohorts(TenantId tenant, analytics::TimeAxis months,
                                                       Deadline deadline) override;
  Task<Result<std::vector<analytics::CustomerProfile>>> customers(TenantId tenant,
                                                                  Deadline deadline) override;

 private:
  /// Any of the reads, which fail and are late alike.
  template <class T>
  Task<Result<T>> look(Deadline deadline, std::function<Task<Result<T>>()> read);
  std::vector<events::LogRecord> mutated(std::vector<events::LogRecord> records);

  const Site site_;
  AnalyticsDisk& disk_;
  analytics::MemoryAnalyticsStore& inner_;
};

}  // namespace cloudcart::simulation
