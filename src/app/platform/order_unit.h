#pragma once

#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_event_retention.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "app/platform/ground.h"
#include "order/app/order_app.h"

namespace cloudcart::app {

/// What the order service keeps; others may follow its log before the service itself is wired.
struct OrderStores {
  explicit OrderStores(Ground& ground, sqlite::StoreOptions options = {})
      : store(ground.config.data_dir, "order", ground.readers, options), orders(store, tail) {}

  sqlite::Store store;
  order::OutboxTail tail{store};
  order::SqliteOrderRepository orders;
  order::SqliteOrderLedger ledger{store, tail};
  order::SqliteEventLog log{store, tail};
  order::SqliteEventRetention retention{store, tail};
};

}  // namespace cloudcart::app
