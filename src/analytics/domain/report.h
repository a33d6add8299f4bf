#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analytics/domain/figures.h"
#include "analytics/domain/period.h"
#include "core/id.h"
#include "core/money.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// How far the event log has been applied.
struct Progress {
  std::int64_t position = 0;
  std::optional<Timestamp> last_event_at;  ///< the latest time that an applied event of the shop carries
  bool operator==(const Progress&) const = default;
};

/// A product's sales, net of cancellations and credit notes.
struct ProductSales {
  ProductId product;
  std::string name;  ///< as of the newest event that holds the product; of equally new ones the greater
  std::int64_t quantity = 0;
  Money revenue;
  std::int64_t order_count = 0;  ///< orders placed that hold it
  bool operator==(const ProductSales&) const = default;
};

struct CustomerActivity {
  UserId user;
  std::int64_t order_count = 0;  ///< orders placed
  Money spent;                   ///< net of cancellations and credit notes
  Timestamp last_order_at;
  bool operator==(const CustomerActivity&) const = default;
};

struct OrderSummary {
  OrderId order;
  std::optional<UserId> user;  ///< empty: imported without a customer
  OrderStatus status = OrderStatus::pending;
  OrderKind kind = OrderKind::sale;
  Money total;
  Currency currency;
  std::int64_t units = 0;
  Timestamp at;  ///< when it was placed; of a credit note, when it was written
  bool operator==(const OrderSummary&) const = default;
};

/// An order that was placed, as its event said, at its place in the log.
struct PlacedOrder {
  TenantId tenant;
  std::int64_t position = 0;
  EventId event;
  OrderSummary order;
  bool operator==(const PlacedOrder&) const = default;
};

/// Which parts of a report are wanted, and about when.
struct ReportRequest {
  std::optional<TimeRange> range;        ///< of products, customers and statuses; nullopt: all time
  std::vector<Timestamp> days;           ///< bounds of the days whose sales are wanted; empty: none
  std::vector<Timestamp> previous_days;  ///< likewise, to compare with
  std::size_t top_products = 0;
  std::size_t top_customers = 0;  ///< needs a range
  bool statuses = false;
  std::size_t recent_orders = 0;
};

struct PeriodSales {
  SalesFigures total;
  std::vector<SalesFigures> days;
  bool operator==(const PeriodSales&) const = default;
};

/// All parts are of one and the same state of the store.
struct Report {
  Progress progress;
  PeriodSales sales;
  PeriodSales previous_sales;
  std::vector<ProductSales> products;       ///< with an order placed; by revenue, then quantity, then id
  std::vector<CustomerActivity> customers;  ///< with an order placed; by spent, then orders, then id
  StatusCounts statuses{};                  ///< orders placed, by their present status
  std::vector<OrderSummary> recent_orders;  ///< newest first, by time, then id
  bool operator==(const Report&) const = default;
};

/// Sums of the rollups, to be compared with the order ledger. Customers are not counted.
struct Totals {
  std::int64_t position = 0;
  SalesFigures all;
  std::map<std::chrono::sys_days, SalesFigures> by_utc_day;
  /// Positions of the shop's events that could not be added up and are missing here, in order.
  std::vector<std::int64_t> dead_letters;
  bool operator==(const Totals&) const = default;
};

}  // namespace cloudcart::analytics
