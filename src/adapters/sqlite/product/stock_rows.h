#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// One entry of the stock ledger, to be written.
struct StockEntry {
  const TenantId& tenant;
  const ProductId& product_id;
  Movement movement;
  std::int64_t delta;
  std::optional<OrderId> order_id;  ///< for whom; empty for movements that are no order's
  Timestamp time;
  const StockNote* note = nullptr;
};

/// Moves the units and writes the ledger; answers the number of the entry. Throws Failure when something
/// would become negative.
std::int64_t move_stock(sqlite::Connection& connection, const StockEntry& entry);
/// The stock of a new product, with its entry.
void add_stock(sqlite::Connection& connection, const TenantId& tenant, const ProductId& id,
               std::int64_t count, const StockNote& note, Timestamp time);

/// Where a product stands in its ledger.
struct StockRow {
  Stock stock;
  std::int64_t movements = 0;      ///< the sequence of the newest
  std::int64_t last_movement = 0;  ///< its number
};
std::optional<StockRow> find_stock(sqlite::Connection& connection, const TenantId& tenant,
                                   const ProductId& id);

/// An entry of the ledger, and the number of the one before it.
struct StoredMovement {
  StockMovement movement;
  std::optional<std::int64_t> previous;
};
/// Nullopt when the entry of this number is not the product's.
std::optional<StoredMovement> find_movement(sqlite::Connection& connection, const TenantId& tenant,
                                            const ProductId& id, std::int64_t number);

}  // namespace cloudcart::product
