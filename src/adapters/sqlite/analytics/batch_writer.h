#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "adapters/sqlite/analytics/buckets.h"
#include "adapters/sqlite/analytics/customer_set.h"
#include "adapters/sqlite/analytics/directory.h"
#include "adapters/sqlite/analytics/packed_tally.h"
#include "adapters/sqlite/store/connection.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Applies one batch of records inside one transaction. Facts of orders are written as they come; what they
/// change in the rollups is gathered, and each rollup row is written once, in store().
class BatchWriter {
 public:
  BatchWriter(sqlite::Connection& connection, TimeZone days)
      : connection_(connection), days_(std::move(days)) {}

  /// The order, when this record is the first that places it.
  std::optional<PlacedOrder> absorb(const events::LogRecord& record);
  /// Writes the rollups. Call once, after the last absorb().
  void store();
  /// Keeps the newest orders for placed_after().
  void remember(const std::vector<PlacedOrder>& placed);

 private:
  /// What was known of the order before the event.
  struct Known {
    std::int64_t version = 0;
    OrderStatus status = OrderStatus::pending;
    std::optional<Timestamp> ordered_at;
    std::optional<Timestamp> cancelled_at;
    bool exists = false;
  };
  /// What one event changes.
  struct Change {
    OrderStatus status;
    bool status_moved = false;
    bool placed = false;
    bool given_back = false;
  };
  struct SalesChange {
    SalesFigures flows;
    StatusCounts statuses{};
    CustomerSet customers;
  };
  struct Context {
    const events::OrderEvent& event;
    std::int64_t shop;
    std::optional<std::int64_t> customer;
    Tallies lines;
  };

  Known load(std::int64_t shop, const OrderId& order);
  static Change change_of(const Known& known, const events::OrderEvent& event);
  Context context_of(const events::OrderEvent& event, std::int64_t shop);
  void write_facts(const Context& context, const Known& known, const Change& change);
  void count_placed(const Context& context, OrderStatus status);
  void count_given_back(const Context& context);
  void count_first_order(const Context& context);
  void move_status(std::int64_t shop, Timestamp ordered_at, OrderStatus from, OrderStatus to);
  void count_tallies(const Context& context, bool placed);

  /// Calls `apply` with the change of each rollup that holds the moment.
  template <class Apply>
  void for_each_grain(std::int64_t shop, Timestamp at, Apply apply);

  void store_sales(std::int64_t shop, Grain grain, std::int64_t bucket, const SalesChange& change);
  CustomerSet stored_customers(std::int64_t shop, Grain grain, std::int64_t bucket);
  void store_tally(std::int64_t shop, Subject subject, std::int64_t day, std::int64_t block,
                   const Tallies& changes);
  Tallies stored_tallies(std::int64_t shop, Subject subject, std::int64_t day, std::int64_t block);

  sqlite::Connection& connection_;
  const TimeZone days_;
  ShopDirectory shops_{connection_};
  CustomerDirectory customers_{connection_};
  ProductDirectory products_{connection_};
  std::map<std::tuple<std::int64_t, Grain, std::int64_t>, SalesChange> sales_;
  std::map<std::tuple<std::int64_t, Subject, std::int64_t, std::int64_t>, Tallies> tallies_;
};

}  // namespace cloudcart::analytics
