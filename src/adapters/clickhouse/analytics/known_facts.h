#pragma once

#include <map>
#include <set>
#include <vector>

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// What an event is to its order; as stored.
enum class EventType : std::uint8_t { other, placed, given_back, shipped, delivered };
EventType type_of(const events::OrderEvent& event);
/// Of events of a type; "" of others, whose topic is not stored.
std::string_view topic_of(EventType type);

/// One event of an order as it was stored.
struct KnownEvent {
  std::int64_t position = 0;
  Timestamp at;
  UserId customer;  ///< nil: none known
};

/// Of the orders and customers of a batch, what has been stored.
class KnownFacts {
 public:
  /// Of each type the event with the lowest position.
  const KnownEvent* find(const OrderId& order, EventType type) const;
  /// Whether an event of this type with a lower position is there.
  bool is_repeated(const OrderId& order, EventType type, std::int64_t position) const;
  /// Whether an order at a lower position of the log is earlier.
  bool has_earlier_order(const UserId& customer, Timestamp at, const OrderId& order,
                         std::int64_t position) const;

  void add(const OrderId& order, EventType type, KnownEvent event);
  void add_first_order(const UserId& customer, Timestamp at, const OrderId& order, std::int64_t position);

 private:
  struct FirstOrder {
    Timestamp at;
    OrderId order;
    std::int64_t position;
  };
  std::map<std::pair<OrderId, EventType>, KnownEvent> events_;
  std::multimap<UserId, FirstOrder> first_orders_;
};

/// What is stored of the orders of `records`, which are of one shop and outlive the task, and of the first orders of those who
/// placed them.
Task<Result<KnownFacts>> read_known_facts(clickhouse::Store& store, std::uint64_t generation, TenantId tenant,
                                          const std::vector<events::LogRecord>& records, Deadline deadline);

}  // namespace cloudcart::analytics
