#pragma once

#include "auth/key_file.h"
#include "auth/key_ring.h"
#include "runtime/event_loop.h"
#include "runtime/offload_pool.h"

namespace cloudcart::auth {

/// Keeps the keys of a process those of the file. While it cannot be read, or is no key file, those that are known stay
/// in force.
class KeyFollower {
 public:
  /// `readers` runs the reads.
  KeyFollower(KeyFile file, KeyRing& keys, OffloadPool& readers, milliseconds interval);

  /// Takes over what the file holds.
  Task<Status> look();
  /// look() at every interval until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  const KeyFile file_;
  KeyRing& keys_;
  OffloadPool& readers_;
  const milliseconds interval_;
  std::string known_;  ///< the file's text
};

}  // namespace cloudcart::auth
