#pragma once

#include <atomic>
#include <string>

#include "adapters/postgres/store/store.h"
#include "runtime/leadership.h"

namespace cloudcart::postgres {

struct LeaseOptions {
  std::string name;
  milliseconds life{4'000};  ///< without a renewal
  milliseconds pace{500};    ///< between renewals, and between looks whether it is free
};

/// A named lease in the schema's table `lease`: one holder at a time, for as long as it goes on renewing. The server's
/// clock alone says whether it is over; the holder counts from before it has asked, and by a clock that no
/// one sets, so that it stops first. A holder that dies is followed within life and pace, one that releases it at the next look.
/// Safe between threads.
class Lease final : public Leadership {
 public:
  Lease(Store& store, LeaseOptions options);

  bool leads() const override;
  Task<void> run(BackgroundLoops::StopFlag stop) override;

  /// Takes the lease if it is free or over, or renews it.
  Task<Status> take(MonotonicTime deadline);
  /// Gives it back, if it is held.
  Task<Status> release(MonotonicTime deadline);

 private:
  Store& store_;
  const LeaseOptions options_;
  const Uuid holder_;
  std::atomic<MonotonicTime> held_until_{MonotonicTime::min()};
};

}  // namespace cloudcart::postgres
