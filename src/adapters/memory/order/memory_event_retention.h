#pragma once

#include "adapters/memory/order/memory_order_state.h"
#include "order/ports/event_retention.h"

namespace cloudcart::order {

class MemoryEventRetention final : public EventRetention {
 public:
  explicit MemoryEventRetention(MemoryOrderState& state) : state_(state) {}
  Task<Result<Compaction>> compact(Timestamp before, std::size_t limit, Deadline deadline) override;

 private:
  MemoryOrderState& state_;
};

}  // namespace cloudcart::order
