#pragma once

#include "events/event_log.h"
#include "http/service_caller.h"

namespace cloudcart::order {

/// The event log of an order service in another process: GET /internal/events, and …/count, which counts as far as that
/// service's log does. A read may answer fewer
/// records than there are and than were asked for, but never none when there are some.
class HttpEventLog final : public events::EventLog {
 public:
  HttpEventLog(http::Client& order_service, http::ServiceToken token)
      : service_(order_service, std::move(token)) {}

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;
  /// A long poll; while the service does not answer it is asked again after a pause.
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;

 private:
  Task<Result<std::int64_t>> end_beyond(std::int64_t after, milliseconds wait, Deadline deadline);
  Task<Result<std::int64_t>> number_of(std::string_view field, std::string target, Deadline deadline);

  http::ServiceCaller service_;
};

}  // namespace cloudcart::order
