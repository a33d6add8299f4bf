#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/analytics/directory.h"
#include "adapters/sqlite/store/connection.h"
#include "analytics/columns/learned.h"
#include "analytics/columns/order_state.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Writes the facts of one batch of records inside one transaction, and tells what memory has to learn of it.
class FactWriter {
 public:
  /// `currency`: of all shops; events in another one are not added up.
  FactWriter(sqlite::Connection& connection, std::int64_t generation, Currency currency)
      : connection_(connection), generation_(generation), currency_(currency) {}

  /// The order, when this record is the first that places it. An event that cannot be added up becomes a dead
  /// letter.
  std::optional<PlacedOrder> absorb(const events::LogRecord& record);
  /// Why the event cannot be added up; nullopt when it was.
  std::optional<std::string> add_up(const events::LogRecord& record, std::optional<PlacedOrder>& placed);
  /// Writes what is written once a batch. Call once, after the last event.
  void store();
  /// Keeps the newest orders for placed_after().
  void remember(const std::vector<PlacedOrder>& placed);
  const Learned& learned() const { return learned_; }
  std::size_t dead_letters() const { return dead_letters_; }

 private:
  /// The row of an order.
  struct Fact {
    bool exists = false;
    std::uint32_t number = 0;
    std::uint32_t customer = no_customer;
    std::int64_t version = 0;
    OrderStatus status = OrderStatus::pending;
    std::optional<Timestamp> placed_at, given_back_at, shipped_at, delivered_at;
    std::string lines;  ///< packed, as placed
    OrderState state() const;
  };

  Fact load(std::int64_t shop, const OrderId& order);
  OrderChange change_of(const Fact& fact, const events::OrderEvent& event, std::int64_t shop);
  void write(const Fact& fact, const events::OrderEvent& event, const OrderChange& change, std::int64_t shop);
  void write_placed(const OrderChange& change, std::int64_t shop);
  void write_given_back(const OrderChange& change, std::int64_t shop, bool same_lines);

  sqlite::Connection& connection_;
  const std::int64_t generation_;
  const Currency currency_;
  Learned learned_;
  std::size_t dead_letters_ = 0;
  ShopDirectory shops_{connection_, generation_};
  CustomerDirectory customers_{connection_, learned_};
  ItemDirectory items_{connection_, learned_};
};

}  // namespace cloudcart::analytics
