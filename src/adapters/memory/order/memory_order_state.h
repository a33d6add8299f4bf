#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "events/event_log.h"
#include "order/ports/order_repository.h"
#include "runtime/notifier.h"

namespace cloudcart::order {

/// What the in-memory adapters of the order service share, as the SQLite ones share a file. For one thread: a
/// test's or a simulation's.
struct MemoryOrderState {
  struct KeyEntry {
    RequestFingerprint fingerprint{};
    OrderId order_id;
    ClaimId claim;
    Timestamp held_until;
    Timestamp expires_at;
    bool completed = false;
  };

  std::map<std::pair<TenantId, OrderId>, Order> orders;
  std::set<std::pair<TenantId, OrderId>> closed;
  std::map<KeyScope, KeyEntry> keys;
  std::vector<events::LogRecord> log;
  std::int64_t last_position = 0;  ///< never given again, even when the record has been removed
  std::int64_t compacted_up_to = 0;
  Notifier appended;

  void append(events::OrderEvent event) {
    log.push_back({++last_position, std::move(event)});
    appended.notify_all();
  }
};

}  // namespace cloudcart::order
