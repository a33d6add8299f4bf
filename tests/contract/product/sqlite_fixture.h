#pragma once

#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/product/sqlite_stock_ledger.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "support/temp_folder.h"

namespace cloudcart::product {

class SqliteFixture {
 public:
  ProductRepository& products() { return products_; }
  StockRepository& stock() { return stock_; }
  StockLedger& ledger() { return ledger_; }

 private:
  test::TempFolder folder_;
  OffloadPool readers_{"test-reader", 2, 1000};
  sqlite::Store store_{folder_.path(), "product", readers_};
  CatalogueIndex index_;
  SqliteProductRepository products_{store_, index_};
  SqliteStockRepository stock_{store_, index_};
  SqliteStockLedger ledger_{store_, index_};
};

}  // namespace cloudcart::product
