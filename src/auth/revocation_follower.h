#pragma once

#include <atomic>

#include "auth/revocation_feed.h"
#include "auth/revocations.h"
#include "runtime/event_loop.h"

namespace cloudcart::auth {

struct FollowerOptions {
  milliseconds interval{1'000};  ///< between two looks; with `read_timeout` well within the promised 5 s
  milliseconds read_timeout{2'000};
  /// When the feed has not answered for so long, what is dead counts as not known.
  milliseconds stale_after{5 * 60'000};
};

/// Keeps a process's Revocations up to date with the feed. Until its end was reached once, every token is
/// refused. From then on, while the feed does not answer, what is known stays in force for `stale_after`; after that every
/// token is refused again, because it may have been revoked meanwhile. So it is from when the feed turns out to have gone
/// back, until it was read again.
class RevocationFollower {
 public:
  RevocationFollower(RevocationFeed& feed, Revocations& revocations, FollowerOptions options = {});

  /// Reads on to the end of the feed. Not to be called while run() runs.
  Task<Status> catch_up();
  /// catch_up() at every interval until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// True once the end of the feed has been reached: before, a process does not know all dead tokens and is
  /// not ready.
  bool caught_up() const { return caught_up_; }

 private:
  RevocationFeed& feed_;
  Revocations& revocations_;
  const FollowerOptions options_;
  std::int64_t position_ = 0;
  std::atomic<bool> caught_up_ = false;
  MonotonicTime caught_up_at_{};
};

}  // namespace cloudcart::auth
