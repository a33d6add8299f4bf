#pragma once

#include "app/platform/stores.h"
#include "cache/cache.h"
#include "product/app/product_app.h"

namespace cloudcart::app {

/// The product service on its store and cache.
struct ProductUnit {
  /// `orders_run_here`: the order service is in this process, and was in the one before.
  ProductUnit(Ground& ground, product::Orders& orders, bool orders_run_here)
      : stores(open_product_stores(ground)),
        cache(open_cache(ground)),
        app({.products = stores->products(),
             .stock = stores->stock(),
             .ledger = stores->ledger(),
             .orders = orders,
             .cache = *cache,
             .clock = ground.clock,
             .ids = ground.ids,
             .reservation_timeout = ground.config.product.reservation_timeout,
             .placed_by_the_dead_before =
                 orders_run_here ? std::optional{ground.clock.now()} : std::nullopt}) {}

  const std::unique_ptr<ProductStores> stores;
  const std::unique_ptr<Cache> cache;
  product::ProductApp app;
};

}  // namespace cloudcart::app
