#pragma once

#include "import/ports/import_sink.h"
#include "order/ports/order_ledger.h"
#include "product/ports/product_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::app {

/// Imported records into the stores of the services.
class StoreImportSink final : public history::ImportSink {
 public:
  StoreImportSink(product::ProductRepository& products, user::UserRepository& users,
                  order::OrderLedger& orders, Currency currency)
      : products_(products), users_(users), orders_(orders), currency_(currency) {}

  Task<Result<std::size_t>> products(TenantId tenant, std::vector<history::ImportedProduct> batch,
                                     Deadline deadline) override;
  Task<Result<std::size_t>> customers(TenantId tenant, std::vector<history::ImportedCustomer> batch,
                                      Deadline deadline) override;
  Task<Result<std::size_t>> orders(TenantId tenant, std::vector<history::ImportedOrder> batch,
                                   Deadline deadline) override;

 private:
  product::ProductRepository& products_;
  user::UserRepository& users_;
  order::OrderLedger& orders_;
  const Currency currency_;
};

}  // namespace cloudcart::app
