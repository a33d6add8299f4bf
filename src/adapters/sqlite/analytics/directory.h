#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

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
  explicit ProductDirectory(sqlite::Connection& connection) : connection_(connection) {}
  /// The number of the product of an event's line.
  std::int64_t number_of(std::int64_t shop, const events::EventLine& line, Timestamp event_time);
  /// Gives the product the name that it has in this batch, when that is of a newer event than `named_at`, the
  /// newest before the batch. Of two events of one moment the greater name wins, so that arrival order does
  /// not matter.
  void settle_name(std::int64_t number, Timestamp named_at);

 private:
  struct Entry {
    std::int64_t number = 0;
    std::string stored_name;
    std::pair<Timestamp, std::string> newest;
  };
  sqlite::Connection& connection_;
  std::map<std::pair<std::int64_t, ProductId>, Entry> entries_;
  std::map<std::int64_t, const Entry*> by_number_;
};

}  // namespace cloudcart::analytics
