#pragma once

#include "adapters/files/import/json_import_journal.h"
#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/user/sqlite_user_repository.h"
#include "app/platform/ground.h"
#include "app/platform/import_sink.h"
#include "app/platform/order_unit.h"

namespace cloudcart::app {

/// A data folder that nobody serves, opened to take records in. Throws std::runtime_error, naming the lock,
/// when it is in use.
struct ImportTarget {
  explicit ImportTarget(const Config& config)
      : ground(config),
        user_store(config.data_dir, "user", ground.readers),
        product_store(config.data_dir, "product", ground.readers),
        orders(ground),
        analytics_store(config.data_dir, "analytics", ground.readers) {}

  /// Lets analytics apply the events that came in, as it would at the next start.
  Status apply_to_analytics();

  Ground ground;
  sqlite::Store user_store, product_store;
  OrderStores orders;
  sqlite::Store analytics_store;
  sqlite::SqliteUserRepository users{user_store};
  product::CatalogueIndex product_index;
  product::SqliteProductRepository products{product_store, product_index};
  analytics::SqliteAnalyticsStore facts{
      analytics_store, ground.readers, {ground.shop.time_zone, ground.shop.currency}};
  StoreImportSink sink{products, users, orders.ledger, ground.shop.currency};
  history::JsonImportJournal journal{ground.config.data_dir / "imports.json"};
};

}  // namespace cloudcart::app
