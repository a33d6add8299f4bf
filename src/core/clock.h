#pragma once

#include "core/timestamp.h"

namespace cloudcart {

/// Where time comes from. Injected, so that a simulation can drive it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
  virtual MonotonicTime monotonic_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
  MonotonicTime monotonic_now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace cloudcart
