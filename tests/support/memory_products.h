#pragma once

#include "adapters/memory/cache/memory_cache.h"
#include "adapters/memory/product/memory_orders.h"
#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/memory/product/memory_stock_ledger.h"
#include "adapters/memory/product/memory_stock_repository.h"
#include "core/id_generator.h"
#include "product/app/product_app.h"
#include "runtime/executor.h"

namespace cloudcart::test {

/// A product service on fakes.
template <class AClock>
struct MemoryProductsBy {
  void put(const TenantId& tenant, product::Product made) {
    const auto added = sync_wait(products.import_products(tenant, {std::move(made)}, Deadline::max()));
    if (!added) throw std::logic_error(added.error().message);
  }

  AClock clock;
  SystemIdGenerator ids{clock};
  product::MemoryProductStore store;
  product::MemoryProductRepository products{store};
  product::MemoryStockRepository stock{store};
  product::MemoryStockLedger ledger{store};
  product::MemoryOrders orders;
  MemoryCache cache{clock};
  product::ProductApp app{{.products = products,
                           .stock = stock,
                           .ledger = ledger,
                           .orders = orders,
                           .cache = cache,
                           .clock = clock,
                           .ids = ids}};
};
using MemoryProducts = MemoryProductsBy<SystemClock>;

}  // namespace cloudcart::test
