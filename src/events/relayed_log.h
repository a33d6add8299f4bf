#pragma once

#include "events/event_log.h"

namespace cloudcart::events {

/// A log that is read where it was relayed to, while its end is told by where it comes from: what is not relayed yet is
/// still to come. Keeps what EventLog promises where both do.
class RelayedEventLog final : public EventLog {
 public:
  RelayedEventLog(EventLog& relayed, EventLog& origin) : relayed_(relayed), origin_(origin) {}

  Task<Result<std::vector<LogRecord>>> read(std::int64_t after, std::size_t limit,
                                            Deadline deadline) override {
    return relayed_.read(after, limit, deadline);
  }
  Task<Result<std::int64_t>> end_position(Deadline deadline) override {
    return origin_.end_position(deadline);
  }
  /// May count records that read() does not find yet; only those that were relayed while the origin does not answer.
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override {
    return relayed_.wait_beyond(after, until);
  }

 private:
  EventLog& relayed_;
  EventLog& origin_;
};

}  // namespace cloudcart::events
