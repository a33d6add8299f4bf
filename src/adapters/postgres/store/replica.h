#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <variant>

#include "adapters/postgres/store/pool.h"

namespace cloudcart::postgres {

/// A hot standby of the store's server that takes reads off it, and is never seen to be behind: a read first asks the server how
/// far its log is on disk, and goes to the standby once that has replayed as much. Whatever had been answered to
/// anybody before the read began shows in it, as on the server itself; a standby that does not get there in time is
/// not asked. Lives on the loop of the pools.
class Replica {
 public:
  /// `wait`: how long a read waits for it.
  Replica(EventLoop& loop, Pool& primary, PoolOptions options, milliseconds wait, Metrics& metrics,
          const std::string& store);

  /// A connection to it that shows all that the server has committed by now; nullopt: ask the server.
  Task<std::optional<Pool::Lease>> caught_up(MonotonicTime until);
  /// It failed: it is not asked until it has been looked at again.
  void distrust(std::string why);
  /// Looks each second whether it is of use: there, a standby of this server, and a second behind at most.
  Task<void> look(BackgroundLoops::StopFlag stop);
  /// As it was last seen. For any thread.
  bool is_well() const { return well_; }

 private:
  struct Place {
    std::int64_t in_log = 0;
    std::int64_t system = 0;  ///< one number for a server and all that were copied from it
  };
  using Found = std::variant<Pool::Lease, std::string>;

  Task<std::optional<Place>> place_of_primary(MonotonicTime until);
  /// A connection that has caught up, or why there is none.
  Task<Found> find(MonotonicTime until);
  /// Why it is not there; empty when it is.
  Task<std::string> reach(Connection& connection, Place place, MonotonicTime until);
  void set_well(bool well, const std::string& why_not);

  EventLoop& loop_;
  Pool& primary_;
  Pool pool_;
  const milliseconds wait_;
  std::atomic<bool> well_{false};
  std::atomic<std::int64_t> behind_{0};  ///< bytes of the log, when it was asked last
};

}  // namespace cloudcart::postgres
