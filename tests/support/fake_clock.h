#pragma once

#include <atomic>

#include "core/clock.h"

namespace cloudcart::test {

/// A clock that moves only when told to.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = parse_rfc3339("2026-01-15T12:00:00.000Z").value())
      : ms_(to_unix_ms(start)) {}

  Timestamp now() const override { return from_unix_ms(ms_); }
  MonotonicTime monotonic_now() const override { return MonotonicTime{milliseconds{ms_.load()}}; }
  void advance(milliseconds by) { ms_ += by.count(); }
  void set(Timestamp time) { ms_ = to_unix_ms(time); }

 private:
  std::atomic<std::int64_t> ms_;
};

}  // namespace cloudcart::test
