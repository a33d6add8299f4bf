#include "adapters/sqlite/order/sqlite_relay_progress.h"
#include "contract/events/event_log_contract.h"
#include "contract/events/kafka_fixture.h"
#include "contract/order/sqlite_orders.h"

namespace cloudcart::events {
namespace {

struct KafkaOrders {
  FreshTopics topics;
  order::SqliteOrders orders;
  order::SqliteRelayProgress progress{orders.store};
  kafka::KafkaPublisher publisher{topics.publisher()};
  RunningRelay relay{orders.log, progress, publisher};
  kafka::KafkaEventLog published{topics.log()};
  SettledLog log{orders.log, published};
  order::SqliteOrderRepository& repository = orders.repository;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogContract, KafkaOrders);

}  // namespace cloudcart::events
