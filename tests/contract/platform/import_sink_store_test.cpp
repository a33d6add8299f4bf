#include "adapters/sqlite/order/sqlite_event_log.h"
#include "adapters/sqlite/order/sqlite_order_ledger.h"
#include "adapters/sqlite/order/sqlite_order_repository.h"
#include "adapters/sqlite/product/sqlite_product_repository.h"
#include "adapters/sqlite/user/sqlite_user_repository.h"
#include "app/platform/import_sink.h"
#include "contract/import/import_sink_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::history {
namespace {

class Stores : public testing::Test {
 protected:
  ImportSink& sink() { return sink_; }
  std::optional<OrderStatus> status_of(const TenantId& tenant, OrderId id) {
    const auto found = sync_wait(orders_.find(tenant, id, Deadline::max())).value();
    if (!found) return std::nullopt;
    return found->status;
  }

 private:
  test::TempFolder folder_;
  OffloadPool readers_{"test-reader", 1, 100};
  SystemClock clock_;
  SystemIdGenerator ids_{clock_};
  sqlite::Store user_store_{folder_.path(), "user", readers_};
  sqlite::Store product_store_{folder_.path(), "product", readers_};
  sqlite::Store order_store_{folder_.path(), "order", readers_};
  sqlite::SqliteUserRepository users_{user_store_};
  product::CatalogueIndex product_index_;
  product::SqliteProductRepository products_{product_store_, product_index_};
  order::OutboxTail tail_{order_store_};
  order::SqliteEventLog log_{order_store_, tail_};
  order::SqliteOrderRepository orders_{order_store_, tail_};
  order::SqliteOrderLedger ledger_{order_store_, tail_};
  app::StoreImportSink sink_{products_, users_, ledger_, Currency::parse("GBP").value()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Stores, ImportSinkContract, Stores);

}  // namespace
}  // namespace cloudcart::history
