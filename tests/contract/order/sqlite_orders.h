#pragma once

#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_event_retention.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "core/id_generator.h"
#include "support/temp_folder.h"

namespace cloudcart::order {

struct SqliteOrders {
  test::TempFolder folder;
  SystemClock clock;
  SystemIdGenerator ids{clock};
  OffloadPool readers{"test-reader", 2, 10'000};
  sqlite::Store store{folder.path(), "order", readers};
  OutboxTail tail{store};
  SqliteEventLog log{store, tail};
  SqliteEventRetention retention{store, tail};
  SqliteOrderRepository repository{store, tail, ids};
  SqliteOrderLedger ledger{store, tail};
};

}  // namespace cloudcart::order
