#pragma once

#include "adapters/memory/cache/memory_cache.h"
#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/product/sqlite_stock_ledger.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "app/platform/ground.h"
#include "product/app/product_app.h"

namespace cloudcart::app {

/// The product service on its store and cache.
struct ProductUnit {
  /// `orders_run_here`: the order service is in this process, and was in the one before.
  ProductUnit(Ground& ground, product::Orders& orders, bool orders_run_here)
      : store(ground.config.data_dir, "product", ground.readers),
        cache(ground.clock, {.max_bytes = ground.config.cache.max_bytes}),
        app({.products = products,
             .stock = stock,
             .ledger = ledger,
             .orders = orders,
             .cache = cache,
             .clock = ground.clock,
             .ids = ground.ids,
             .reservation_timeout = ground.config.product.reservation_timeout,
             .placed_by_the_dead_before =
                 orders_run_here ? std::optional{ground.clock.now()} : std::nullopt}) {
    // Now, so that no first customer waits for it.
    store.read_at_start("the products", [this](sqlite::Connection& connection) -> Status {
      index.load(connection);
      return {};
    });
  }

  sqlite::Store store;
  product::CatalogueIndex index;
  product::SqliteProductRepository products{store, index};
  product::SqliteStockRepository stock{store, index};
  product::SqliteStockLedger ledger{store, index};
  MemoryCache cache;
  product::ProductApp app;
};

}  // namespace cloudcart::app
