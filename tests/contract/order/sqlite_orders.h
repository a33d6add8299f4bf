#pragma once

#include "adapters/sqlite/order/sqlite_customer_erasure.h"
#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_event_retention.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "support/temp_folder.h"

namespace cloudcart::order {

struct SqliteOrders {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 2, 10'000};
  sqlite::Store store{folder.path(), "order", readers};
  OutboxTail tail{store};
  SqliteEventLog log{store, tail};
  SqliteEventRetention retention{store, tail};
  SqliteOrderRepository repository{store, tail};
  SqliteOrderLedger ledger{store, tail};
  SqliteCustomerErasure erasure{store};
};

}  // namespace cloudcart::order
