#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "analytics/columns/learned.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// Reads stored facts, inside one read transaction.
class FactReader {
 public:
  struct Generation {
    std::int64_t number = 1;
    std::int64_t position = 0;
  };
  struct Shop {
    std::int64_t number = 0;
    TenantId tenant;
    std::optional<Timestamp> last_event_at;
  };
  explicit FactReader(sqlite::Connection& connection) : connection_(connection) {}

  /// The one that is asked.
  Generation asked();
  std::int64_t dead_letters(std::int64_t generation);
  std::vector<Shop> shops(std::int64_t generation);
  /// All that memory has to learn of a shop.
  void teach(const Shop& shop, const std::function<void(Lesson)>& learn);

  /// Added up from the facts themselves, one by one.
  Totals totals(const TenantId& tenant);
  std::vector<PlacedOrder> placed_after(const TenantId& tenant, std::int64_t after);

 private:
  std::int64_t shop_number(const TenantId& tenant);
  void for_each_order(std::int64_t shop, const std::function<void(ChangedOrder)>& visit);

  sqlite::Connection& connection_;
};

}  // namespace cloudcart::analytics
