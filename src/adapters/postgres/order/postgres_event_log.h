#pragma once

#include "adapters/postgres/order/event_rows.h"
#include "adapters/postgres/order/log_end.h"
#include "adapters/postgres/store/store.h"
#include "events/event_log.h"

namespace cloudcart::order {

/// The events of the store "order" as the event log, see log_position.h. Counts up to `most_counted`.
class PostgresEventLog final : public events::EventLog {
 public:
  static constexpr std::int64_t most_counted = 100'000;

  PostgresEventLog(postgres::Store& store, LogEnd& end) : store_(store), end_(end) {}

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override { return end_.newest(deadline); }
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override {
    return end_.wait_beyond(after, until);
  }

 private:
  Task<Result<tables::ReadEvents>> read_once(std::int64_t after, std::size_t limit, Deadline deadline);

  postgres::Store& store_;
  LogEnd& end_;
};

}  // namespace cloudcart::order
