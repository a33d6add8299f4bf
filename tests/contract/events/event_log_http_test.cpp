#include "adapters/http/order/http_event_log.h"
#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "contract/events/event_log_contract.h"
#include "contract/order/memory_orders.h"
#include "order/http/routes.h"
#include "support/pipeline_client.h"

namespace cloudcart::events {
namespace {

/// The log of an order service, read through its own routes.
struct HttpOrders {
  SystemClock clock;
  SystemIdGenerator ids{clock};
  order::MemoryOrderState state;
  order::MemoryOrderRepository repository{state};
  order::MemoryEventLog remote_log{state};
  order::MemoryCatalogue catalogue;
  order::MemoryCustomers customers;
  order::OrderApp app{{repository, catalogue, customers, clock, ids, Currency::parse("GBP").value()}};
  test::PipelineClient client{order::order_routes(app, remote_log)};
  order::HttpEventLog log{client, [](const TenantId&) { return "service"; }};
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Http, EventLogContract, HttpOrders);

}  // namespace cloudcart::events
