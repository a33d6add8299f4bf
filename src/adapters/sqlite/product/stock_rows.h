#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// The stock of a product, and where it stands in its ledger.
struct StockRow {
  std::int64_t number = 0;  ///< of the product
  Stock stock;
  std::int64_t movements = 0;                 ///< the sequence of the newest
  std::optional<std::int64_t> last_movement;  ///< its number
};
std::optional<StockRow> find_stock(sqlite::Connection& connection, const TenantId& tenant,
                                   const ProductId& id);
/// Of a product that is there.
StockRow stock_of(sqlite::Connection& connection, std::int64_t product_number);

/// One entry of the stock ledger, to be written.
struct StockEntry {
  Movement movement;
  std::int64_t delta;
  std::optional<OrderId> order_id;  ///< for whom; empty for movements that are no order's
  Timestamp time;
  const StockNote* note = nullptr;
};

/// Moves the units of `row`, which becomes what it is afterwards, and writes the ledger. Throws Failure when
/// something would become negative.
void move_stock(sqlite::Connection& connection, StockRow& row, const StockEntry& entry);
/// The stock of a new product, with its entry.
void add_stock(sqlite::Connection& connection, std::int64_t product_number, std::int64_t count,
               const StockNote& note, Timestamp time);

/// An entry of the ledger, and the number of the one before it.
struct StoredMovement {
  StockMovement movement;
  std::optional<std::int64_t> previous;
};
/// Nullopt when the entry of this number is not the product's.
std::optional<StoredMovement> find_movement(sqlite::Connection& connection, std::int64_t product_number,
                                            std::int64_t number);

}  // namespace cloudcart::product
