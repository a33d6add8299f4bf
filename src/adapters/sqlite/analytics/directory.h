#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/sqlite/analytics/packed_tally.h"
#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// The rows of shops, customers and products that a batch touches: each is read once and written once.

class ShopDirectory {
 public:
  struct Entry {
    std::int64_t number = 0;
    std::optional<Timestamp> last_event_at;
    std::optional<Timestamp> first_flow_at;
    std::optional<Timestamp> last_flow_at;
    void include_flow(Timestamp time);
  };
  explicit ShopDirectory(sqlite::Connection& connection) : connection_(connection) {}
  Entry& of(const TenantId& tenant);
  void store();

 private:
  sqlite::Connection& connection_;
  std::map<TenantId, Entry> entries_;
};

class CustomerDirectory {
 public:
  struct Entry {
    std::int64_t number = 0;
    std::optional<Timestamp> first_order_at;
    bool changed = false;
  };
  explicit CustomerDirectory(sqlite::Connection& connection) : connection_(connection) {}
  Entry& of(std::int64_t shop, UserId user);
  void store();

 private:
  sqlite::Connection& connection_;
  std::map<std::pair<std::int64_t, UserId>, Entry> entries_;
};

class ProductDirectory {
 public:
  struct Entry {
    std::int64_t number = 0;
    Timestamp named_at;
    EventId named_by;
    std::optional<std::string> new_name;
  };
  explicit ProductDirectory(sqlite::Connection& connection) : connection_(connection) {}
  /// The product of an event's line; takes its name when the event is the newest that holds the product.
  const Entry& of(std::int64_t shop, const events::EventLine& line, const events::OrderEvent& event);
  /// Adds to the all-time figures of a product that was asked for.
  void count(std::int64_t number, const Tally& change) { changes_[number].add(change); }
  void store();

 private:
  sqlite::Connection& connection_;
  std::map<std::pair<std::int64_t, ProductId>, Entry> entries_;
  Tallies changes_;
};

}  // namespace cloudcart::analytics
