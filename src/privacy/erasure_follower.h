#pragma once

#include "core/clock.h"
#include "privacy/erasure_feed.h"
#include "runtime/event_loop.h"

namespace cloudcart::privacy {

/// What a service does to erase a customer.
class ErasureHandler {
 public:
  virtual ~ErasureHandler() = default;
  /// Whether this process has to know all erasures since the first, and not only what is outstanding.
  virtual bool remembers() const { return false; }
  /// Told of every erasure in order, before any of them is to be carried out; of those it failed at again.
  virtual Task<Status> learn(std::vector<Erasure> /*erasures*/) { co_return Status{}; }
  /// Removes what the service holds. Idempotent: after a crash, a restore or an unknown outcome it is called again,
  /// and until it answers that it is done.
  virtual Task<Result<Erased>> erase(Erasure erasure, Deadline deadline) = 0;
};

struct ErasurePace {
  milliseconds interval{1'000};  ///< between two looks
  milliseconds retry{60'000};    ///< until one that was not done is tried again
  milliseconds call_limit{10'000};
  /// So long after an account was erased something may still come in for it: none is done before.
  milliseconds settling{0};
};

/// Carries out what the feed has outstanding for one holder, in every process of the service. Nothing is remembered here:
/// whatever was not reported as done is done again, so a process may die between any two steps.
class ErasureFollower {
 public:
  ErasureFollower(Holder holder, ErasureFeed& feed, ErasureHandler& handler, const Clock& clock,
                  ErasurePace pace = {})
      : holder_(holder), feed_(feed), handler_(handler), clock_(clock), pace_(pace) {}

  /// Learns and erases what there is now. The first failure ends it, but one erasure's does not keep others from
  /// being carried out.
  Task<Status> look();
  /// look() at every interval until stopped.
  Task<void> run(BackgroundLoops::StopFlag stop);

 private:
  Task<Status> learn();
  Task<Status> carry_out(Erasure erasure);
  Deadline deadline() const;

  const Holder holder_;
  ErasureFeed& feed_;
  ErasureHandler& handler_;
  const Clock& clock_;
  const ErasurePace pace_;
  std::int64_t position_ = 0;
};

}  // namespace cloudcart::privacy
