#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/sqlite/store/connection.h"
#include "analytics/columns/learned.h"
#include "core/caller.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// Sums over all time, which bound every other sum of the shop.
struct ShopTotals {
  Money gross, given_back;
  std::int64_t units = 0, given_back_units = 0;
};

/// The rows of shops, customers and items that a batch touches: each is read once and written once.

class ShopDirectory {
 public:
  struct Entry {
    std::int64_t number = 0;
    std::optional<Timestamp> last_event_at;
    ShopTotals totals;
    std::uint32_t orders = 0;  ///< how many are numbered
  };
  ShopDirectory(sqlite::Connection& connection, std::int64_t generation)
      : connection_(connection), generation_(generation) {}
  Entry& of(const TenantId& tenant);
  void store();

 private:
  sqlite::Connection& connection_;
  const std::int64_t generation_;
  std::map<TenantId, Entry> entries_;
};

class CustomerDirectory {
 public:
  CustomerDirectory(sqlite::Connection& connection, Learned& learned)
      : connection_(connection), learned_(learned) {}
  std::uint32_t number_of(const TenantId& tenant, std::int64_t shop, UserId user);

 private:
  sqlite::Connection& connection_;
  Learned& learned_;
  std::map<std::pair<std::int64_t, UserId>, std::uint32_t> numbers_;
  std::map<std::int64_t, std::uint32_t> next_;
};

class ItemDirectory {
 public:
  ItemDirectory(sqlite::Connection& connection, Learned& learned)
      : connection_(connection), learned_(learned) {}
  /// The number of what an event's line holds. Of all names that come with an item the newest stays; of two events of
  /// one moment the greater name, so that arrival order does not matter.
  std::uint32_t number_of(const TenantId& tenant, std::int64_t shop, const events::EventLine& line,
                          Timestamp event_time);
  void store();

 private:
  using Name = std::pair<Timestamp, std::string>;
  struct Entry {
    TenantId tenant;
    std::uint32_t number = 0;
    Name stored, newest;
  };
  Entry& entry_of(const TenantId& tenant, std::int64_t shop, const events::EventLine& line, const Name& name);

  sqlite::Connection& connection_;
  Learned& learned_;
  std::map<std::tuple<std::int64_t, ProductId, std::string>, Entry> entries_;
  std::map<std::int64_t, std::uint32_t> next_;
};

}  // namespace cloudcart::analytics
