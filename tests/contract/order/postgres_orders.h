#pragma once

#include "adapters/postgres/order/postgres_customer_erasure.h"
#include "adapters/postgres/order/postgres_event_log.h"
#include "adapters/postgres/order/postgres_event_retention.h"
#include "adapters/postgres/order/postgres_order_ledger.h"
#include "adapters/postgres/order/postgres_order_repository.h"
#include "support/postgres_schema.h"

namespace cloudcart::order {

/// As one process has them. Patient, because the server has other tests to serve at the same time.
struct PostgresOrderAdapters {
  explicit PostgresOrderAdapters(const test::PostgresSchema& schema, milliseconds settling = seconds{30})
      : store(patient(schema.options()), "order"), end(store, settling) {}

  postgres::Store store;
  LogEnd end;
  PostgresEventLog log{store, end};
  PostgresEventRetention retention{store, end};
  PostgresOrderRepository repository{store, end};
  PostgresOrderLedger ledger{store, end};
  PostgresCustomerErasure erasure{store};

 private:
  static postgres::StoreOptions patient(postgres::StoreOptions options) {
    options.patience = seconds{60};
    return options;
  }
};

namespace detail {

struct Schema {
  test::PostgresSchema schema;
};

}  // namespace detail

/// The same over a schema of its own, which outlives them.
struct PostgresOrders : detail::Schema, PostgresOrderAdapters {
  PostgresOrders() : PostgresOrderAdapters(schema) {}
};

}  // namespace cloudcart::order
