#pragma once

#include "product/app/adjust_stock.h"
#include "product/app/confirm_stock.h"
#include "product/app/create_product.h"
#include "product/app/deactivate_product.h"
#include "product/app/find_products.h"
#include "product/app/get_product.h"
#include "product/app/get_stock.h"
#include "product/app/import_products.h"
#include "product/app/inventory_consumer.h"
#include "product/app/list_categories.h"
#include "product/app/list_products.h"
#include "product/app/release_stock.h"
#include "product/app/reserve_stock.h"
#include "product/app/settle_reservations.h"
#include "product/app/update_product.h"

namespace cloudcart::product {

/// The use cases of the product service. What they depend on must outlive it.
class ProductApp {
 public:
  struct Dependencies {
    ProductRepository& products;
    StockRepository& stock;
    StockLedger& ledger;
    Orders& orders;
    Cache& cache;
    const Clock& clock;
    IdGenerator& ids;
    /// How long a cached answer may outlive an erase that the cache lost.
    milliseconds cache_time_to_live{60'000};
    /// How long stock is kept for an order that does not come.
    milliseconds reservation_timeout{15 * 60'000};
    std::optional<Timestamp> placed_by_the_dead_before;  ///< see SettleReservations
  };

  explicit ProductApp(const Dependencies& dependencies);
  ProductApp(const ProductApp&) = delete;
  ProductApp& operator=(const ProductApp&) = delete;

 private:
  CatalogueCache cache_;

 public:
  CreateProduct create_product;
  UpdateProduct update_product;
  DeactivateProduct deactivate_product;
  ImportProducts import_products;
  GetProduct get_product;
  ListProducts list_products;
  ListCategories list_categories;
  FindProducts find_products;
  ReserveStock reserve_stock;
  ReleaseStock release_stock;
  ConfirmStock confirm_stock;
  GetStock get_stock;
  AdjustStock adjust_stock;
  InventoryConsumer inventory_consumer;
  SettleReservations settle_reservations;
};

}  // namespace cloudcart::product
