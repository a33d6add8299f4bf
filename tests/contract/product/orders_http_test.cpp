#include "adapters/http/product/http_orders.h"
#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_event_log.h"
#include "contract/product/orders_contract.h"
#include "order/http/routes.h"
#include "support/pipeline_client.h"
#include "support/stored_orders.h"

namespace cloudcart::product {
namespace {

/// The order service's own routes, without a network.
class RemoteOrders : public test::StoredOrders {
 public:
  Orders& orders() { return orders_; }

 private:
  SystemClock clock_;
  SystemIdGenerator ids_{clock_};
  order::MemoryCatalogue catalogue_;
  order::MemoryCustomers customers_;
  order::MemoryEventLog log_{state};
  order::OrderApp app_{{repository, catalogue_, customers_, clock_, ids_, Currency::parse("GBP").value()}};
  test::PipelineClient client_{order::order_routes(app_, log_)};
  HttpOrders orders_{client_, [](const TenantId&) { return "service"; }};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Http, OrdersContract, RemoteOrders);

}  // namespace
}  // namespace cloudcart::product
