#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/task.h"

namespace cloudcart::http {

/// A connection that has left HTTP behind: bytes both ways, on the loop of its session. One read and one
/// write may be under way at a time.
class UpgradedConnection {
 public:
  virtual ~UpgradedConnection() = default;
  /// What has come, a few KiB at most, as soon as there is something; nullopt at the end.
  virtual Task<std::optional<std::string>> read() = 0;
  /// Ends when the bytes are handed to the network, so a slow reader slows the writer. False when the other
  /// side is gone, or took nothing for too long.
  virtual Task<bool> write(std::string bytes) = 0;
  /// Ends what waits above, and all that comes after.
  virtual void close() = 0;
};

/// What a connection is handed to after an answer 101.
class Upgrade {
 public:
  enum class End : std::uint8_t {
    draining,         ///< the server is about to stop
    session_is_over,  ///< the token with which it began is good no more
  };

  virtual ~Upgrade() = default;
  /// Talks until either side ends it. Called once.
  virtual Task<void> run(std::shared_ptr<UpgradedConnection> connection) = 0;
  /// run() must end soon. Called on the session's loop; also when run() never began.
  virtual void end(End why) = 0;
};

}  // namespace cloudcart::http
