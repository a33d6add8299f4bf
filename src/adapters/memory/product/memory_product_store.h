#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/caller.h"
#include "product/domain/product.h"
#include "product/domain/reservation.h"
#include "product/domain/stock.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// What the two repositories in memory share. For one thread.
struct MemoryProductStore {
  struct StockEntry {
    ProductId product_id;
    Movement movement;
    std::int64_t delta;
  };
  struct Reservation {
    ReservationState state = ReservationState::reserved;
    std::vector<ReservedLine> lines;
  };
  struct Shop {
    std::map<ProductId, Product> products;  ///< whose inventory_count is not kept up to date: see find()
    std::map<ProductId, Stock> stock;
    std::vector<StockEntry> ledger;
    std::map<OrderId, Reservation> reservations;

    /// With the present count.
    std::optional<Product> find(ProductId id) const;
    bool has_sku(const std::optional<std::string>& sku, ProductId except) const;
    void add(const Product& product);
    void move(ProductId id, Movement movement, std::int64_t delta);
  };

  std::map<TenantId, Shop> shops;
  ChangeNumber changes = 0;
  std::int64_t followed_position = 0;
};

}  // namespace cloudcart::product
