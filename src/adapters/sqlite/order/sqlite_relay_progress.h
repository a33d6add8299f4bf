#pragma once

#include "adapters/sqlite/store/store.h"
#include "events/relay_progress.h"

namespace cloudcart::order {

/// In the store "order", beside the log.
class SqliteRelayProgress final : public events::RelayProgress {
 public:
  explicit SqliteRelayProgress(sqlite::Store& store) : store_(store) {}

  Task<Result<events::RelayLease>> hold(std::string holder, milliseconds lease, Deadline deadline) override;
  Task<Result<bool>> advance(std::string holder, milliseconds lease, events::RelayState state,
                             Deadline deadline) override;
  Task<Status> release(std::string holder, Deadline deadline) override;
  Task<Result<events::RelayState>> start_over(Deadline deadline) override;

 private:
  sqlite::Store& store_;
};

}  // namespace cloudcart::order
