#include "http/circuit_breaker.h"

#include <algorithm>

namespace cloudcart::http {

CircuitBreaker::Pass CircuitBreaker::enter(MonotonicTime now) {
  const bool is_trial = is_open_ && admits(now);
  if (is_trial) trial_under_way_ = true;
  return {.period = period_, .is_trial = is_trial};
}

CircuitBreaker::Change CircuitBreaker::leave(Pass pass, Outcome outcome, MonotonicTime now, Random& random) {
  if (pass.period != period_) return Change::none;
  if (outcome == Outcome::unknown) {
    if (pass.is_trial) trial_under_way_ = false;
    return Change::none;
  }
  if (outcome == Outcome::answered) {
    failures_ = 0;
    if (!is_open_) return Change::none;
    close();
    return Change::closed;
  }
  if (pass.is_trial) {
    open(now, random);
    return Change::none;
  }
  if (is_open_ || ++failures_ < options_.failures) return Change::none;
  open(now, random);
  return Change::opened;
}

/// The pause is cut by up to a half by chance, so that many who lost a server together do not come back together.
void CircuitBreaker::open(MonotonicTime now, Random& random) {
  pause_ = std::min(pause_ == milliseconds{0} ? options_.first_pause : 2 * pause_, options_.longest_pause);
  open_until_ = now + pause_ - milliseconds{random.between(0, pause_.count() / 2)};
  is_open_ = true;
  trial_under_way_ = false;
  ++period_;
}

void CircuitBreaker::close() {
  failures_ = 0;
  pause_ = milliseconds{0};
  is_open_ = false;
  trial_under_way_ = false;
  ++period_;
}

}  // namespace cloudcart::http
