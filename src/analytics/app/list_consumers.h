#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analytics/app/log_end.h"
#include "analytics/ports/sales_cube.h"
#include "core/caller.h"

namespace cloudcart::analytics {

/// One besides analytics who follows the event log in this process.
struct LogFollower {
  std::string name;
  /// Up to where it has applied the log. What it captures outlives its calls.
  std::function<Task<Result<std::int64_t>>(Caller)> position;
};

struct ConsumerState {
  std::string name;
  std::int64_t position = 0;
  std::int64_t events_behind = 0;  ///< as far as the log counts
  std::optional<Timestamp>
      last_event_at;  ///< the latest time that an applied event of the shop carries, where known
};

struct ConsumerStates {
  std::int64_t end_position = 0;  ///< of the log
  std::vector<ConsumerState> consumers;
};

/// How far each consumer of the event log is, analytics first.
class ListConsumers {
 public:
  ListConsumers(SalesCube& cube, LogEnd& log_end, std::vector<LogFollower> followers)
      : cube_(cube), log_end_(log_end), followers_(std::move(followers)) {}
  /// Errors: those of the cube and of the followers.
  Task<Result<ConsumerStates>> operator()(Caller caller) const;

 private:
  SalesCube& cube_;
  LogEnd& log_end_;
  const std::vector<LogFollower> followers_;
};

}  // namespace cloudcart::analytics
