#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/caller.h"
#include "core/idempotency_key.h"
#include "product/domain/product.h"
#include "product/domain/reservation.h"
#include "product/domain/stock_adjustment.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// What the two repositories in memory share. For one thread.
struct MemoryProductStore {
  struct Reservation {
    ReservationState state = ReservationState::reserved;
    std::vector<ReservedLine> lines;
    Timestamp created_at;
    bool order_known = false;
  };
  struct Adjusted {
    std::string request;
    AdjustedStock answer;
    Timestamp expires_at;
  };
  struct Shop {
    std::map<ProductId, Product> products;  ///< whose inventory_count is not kept up to date: see find()
    std::map<ProductId, Stock> stock;
    std::map<ProductId, std::vector<StockMovement>> ledger;  ///< oldest first
    std::map<OrderId, Reservation> reservations;
    std::map<std::pair<std::optional<UserId>, IdempotencyKey>, Adjusted> adjusted;

    /// With the present count.
    std::optional<Product> find(ProductId id) const;
    bool has_sku(const std::optional<std::string>& sku, ProductId except) const;
    void add(const Product& product, StockNote note);
    /// The sequence is set here.
    const StockMovement& move(ProductId id, StockMovement movement);
  };

  std::map<TenantId, Shop> shops;
  ChangeNumber changes = 0;
  std::int64_t followed_position = 0;
};

}  // namespace cloudcart::product
