#pragma once

#include "auth/revocation_feed.h"
#include "core/clock.h"
#include "user/ports/session_repository.h"

namespace cloudcart::user {

/// The feed of revocations, read from the repository itself: what other processes get over HTTP.
class ReadRevocations final : public auth::RevocationFeed {
 public:
  static constexpr std::int64_t batch = 1'000;

  ReadRevocations(SessionRepository& sessions, const Clock& clock) : sessions_(sessions), clock_(clock) {}
  Task<Result<auth::RevocationBatch>> read(std::int64_t after, Deadline deadline) override;

 private:
  SessionRepository& sessions_;
  const Clock& clock_;
};

}  // namespace cloudcart::user
