#pragma once

#include "adapters/memory/order/memory_order_state.h"

namespace cloudcart::order {

class MemoryEventLog final : public events::EventLog {
 public:
  explicit MemoryEventLog(MemoryOrderState& state) : state_(state) {}
  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  std::int64_t end() const { return state_.last_position; }

  MemoryOrderState& state_;
};

}  // namespace cloudcart::order
