#pragma once

#include "adapters/files/import/json_import_journal.h"
#include "app/platform/ground.h"
#include "app/platform/import_sink.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

/// A data folder that nobody serves, opened to take records in. Throws std::runtime_error, naming the lock,
/// when it is in use.
struct ImportTarget {
  explicit ImportTarget(const Config& config)
      : ground(config),
        users(open_user_stores(ground)),
        products(open_product_stores(ground)),
        orders(open_order_stores(ground)),
        facts(open_fact_stores(ground)) {}

  /// Lets analytics apply the events that came in, as it would at the next start.
  Status apply_to_analytics();

  Ground ground;
  std::unique_ptr<UserStores> users;
  std::unique_ptr<ProductStores> products;
  std::unique_ptr<OrderStores> orders;
  std::unique_ptr<FactStores> facts;
  StoreImportSink sink{products->products(), users->users(), orders->ledger(), ground.shop.currency};
  history::JsonImportJournal journal{ground.config.data_dir / "imports.json"};
};

}  // namespace cloudcart::app
