#pragma once

#include "adapters/postgres/product/postgres_product_repository.h"
#include "adapters/postgres/product/postgres_stock_ledger.h"
#include "adapters/postgres/product/postgres_stock_repository.h"
#include "support/postgres_schema.h"

namespace cloudcart::product {

/// One process of the product service: its own connections to the schema that it may share with others.
class PostgresService {
 public:
  explicit PostgresService(const test::PostgresSchema& schema)
      : store_(patient(schema.options()), "product") {}

  postgres::Store& store() { return store_; }
  ProductRepository& products() { return products_; }
  StockRepository& stock() { return stock_; }
  StockLedger& ledger() { return ledger_; }

 private:
  /// Tests let hundreds wait for one row, on machines that are busy.
  static postgres::StoreOptions patient(postgres::StoreOptions options) {
    options.patience = seconds{30};
    return options;
  }

  postgres::Store store_;
  PostgresProductRepository products_{store_};
  PostgresStockRepository stock_{store_};
  PostgresStockLedger ledger_{store_};
};

class PostgresFixture {
 public:
  ProductRepository& products() { return service_.products(); }
  StockRepository& stock() { return service_.stock(); }
  StockLedger& ledger() { return service_.ledger(); }
  postgres::Store& store() { return service_.store(); }

 private:
  test::PostgresSchema schema_;
  PostgresService service_{schema_};
};

}  // namespace cloudcart::product
