#pragma once

#include <cstdint>

#include "core/random.h"
#include "core/timestamp.h"

namespace cloudcart::http {

/// Spares a server that fails one request after another, and finds out now and then, with one request, whether it is
/// well again (M. Nygard, "Release It!", 2007). For one thread at a time.
class CircuitBreaker {
 public:
  struct Options {
    unsigned failures = 5;            ///< in a row, that open it
    milliseconds first_pause{1'000};  ///< how long it stays open; doubles with each trial that fails
    milliseconds longest_pause{30'000};
  };
  /// What a request carries while it is under way.
  struct Pass {
    std::uint64_t period = 0;
    bool is_trial = false;
  };
  enum class Outcome : std::uint8_t {
    answered,
    failed,
    unknown,  ///< it was not asked, or given up: nothing is known of the server by it
  };
  enum class Change : std::uint8_t { none, opened, closed };

  explicit CircuitBreaker(Options options) : options_(options) {}

  /// Closed; or half-open: the pause is over and no trial is under way.
  bool admits(MonotonicTime now) const { return !is_open_ || (now >= open_until_ && !trial_under_way_); }
  /// When the pause is over; the beginning of time while it is closed.
  MonotonicTime open_until() const { return is_open_ ? open_until_ : MonotonicTime::min(); }

  /// Also for a request that is not admitted and is sent all the same: that it succeeds closes the circuit, that it
  /// fails changes nothing.
  Pass enter(MonotonicTime now);
  /// Once for each enter(). What began before the last change tells nothing of the time after it.
  Change leave(Pass pass, Outcome outcome, MonotonicTime now, Random& random);

 private:
  void open(MonotonicTime now, Random& random);
  void close();

  const Options options_;
  unsigned failures_ = 0;  ///< in a row, while closed
  bool is_open_ = false;
  bool trial_under_way_ = false;
  MonotonicTime open_until_{};
  milliseconds pause_{0};     ///< the last one, before chance; 0 while closed
  std::uint64_t period_ = 0;  ///< goes up with each change
};

}  // namespace cloudcart::http
