#pragma once

#include "adapters/postgres/store/store.h"
#include "events/relay_progress.h"

namespace cloudcart::order {

/// In the store "order", beside the log.
class PostgresRelayProgress final : public events::RelayProgress {
 public:
  explicit PostgresRelayProgress(postgres::Store& store) : store_(store) {}

  Task<Result<events::RelayLease>> hold(std::string holder, milliseconds lease, Deadline deadline) override;
  Task<Result<bool>> advance(std::string holder, milliseconds lease, events::RelayState state,
                             Deadline deadline) override;
  Task<Status> release(std::string holder, Deadline deadline) override;
  Task<Result<events::RelayState>> start_over(Deadline deadline) override;

 private:
  postgres::Store& store_;
};

}  // namespace cloudcart::order
