#include "app/platform/in_process.h"
#include "contract/analytics/ledger_contract.h"
#include "contract/order/memory_orders.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::analytics {
namespace {

template <class Orders>
struct InProcessFixture {
  Orders orders;
  app::InProcessLedger in_process{orders.ledger};
  Ledger& ledger() { return in_process; }
  void put(order::ImportedOrder order) {
    if (!sync_wait(orders.ledger.import_orders({std::move(order)}, Deadline::max())))
      throw std::logic_error("the order was not imported");
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(InProcessOverMemory, LedgerContract, InProcessFixture<order::MemoryOrders>);
INSTANTIATE_TYPED_TEST_SUITE_P(InProcessOverSqlite, LedgerContract, InProcessFixture<order::SqliteOrders>);

}  // namespace
}  // namespace cloudcart::analytics
