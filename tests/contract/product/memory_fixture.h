#pragma once

#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/memory/product/memory_stock_ledger.h"
#include "adapters/memory/product/memory_stock_repository.h"

namespace cloudcart::product {

class MemoryFixture {
 public:
  ProductRepository& products() { return products_; }
  StockRepository& stock() { return stock_; }
  StockLedger& ledger() { return ledger_; }

 private:
  MemoryProductStore store_;
  MemoryProductRepository products_{store_};
  MemoryStockRepository stock_{store_};
  MemoryStockLedger ledger_{store_};
};

}  // namespace cloudcart::product
