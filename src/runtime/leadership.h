#pragma once

#include "runtime/event_loop.h"

namespace cloudcart {

/// Which of several processes does what one of them has to do.
class Leadership {
 public:
  virtual ~Leadership() = default;
  /// Whether it is this process, now. Of all processes it is one at most; while it changes it may be none. Safe between
  /// threads, and cheap. Who was held up since he asked may lead no more: what must not happen twice has to be conditional
  /// where it is stored.
  virtual bool leads() const = 0;
  /// Stands for it until stopped, then leaves it to others.
  virtual Task<void> run(BackgroundLoops::StopFlag stop) = 0;
};

/// Of a process that shares its stores with no other.
class SoleProcess final : public Leadership {
 public:
  bool leads() const override { return true; }
  Task<void> run(BackgroundLoops::StopFlag) override { co_return; }
};

/// For those who have no others beside them.
inline const Leadership& sole_process() {
  static const SoleProcess process;
  return process;
}

}  // namespace cloudcart
