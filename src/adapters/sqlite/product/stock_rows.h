#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// One entry of the stock ledger.
struct StockEntry {
  const TenantId& tenant;
  const ProductId& product_id;
  Movement movement;
  std::int64_t delta;
  std::optional<OrderId> order_id;  ///< for whom; empty for movements that are no order's
  Timestamp time;
};

/// Moves the units and writes the ledger. Throws Failure when something would become negative.
void move_stock(sqlite::Connection& connection, const StockEntry& entry);
/// The stock of a new product, with its entry.
void add_stock(sqlite::Connection& connection, const TenantId& tenant, const ProductId& id,
               std::int64_t count, Timestamp time);

}  // namespace cloudcart::product
