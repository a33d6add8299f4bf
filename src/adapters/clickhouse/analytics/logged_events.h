#pragma once

#include <vector>

#include "adapters/clickhouse/store/store.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// Where in the log to read: (after, up_to].
struct LogStretch {
  std::int64_t after = 0;
  std::int64_t up_to = 0;
};

/// Rows of `logged_event` as they come, the first `limit` of the stretch.
Task<Result<std::string>> ask_logged_events(clickhouse::Store& store, std::uint64_t generation,
                                            LogStretch stretch, std::size_t limit, Deadline deadline);

/// The events in them, with what figures are made of: neither ids of events nor prices, and of types only those that figures
/// follow from. nullopt when the rows are broken or are not of the stretch.
std::optional<std::vector<events::LogRecord>> read_logged_events(std::string_view rows, LogStretch stretch);

}  // namespace cloudcart::analytics
