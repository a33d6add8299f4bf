#pragma once

#include <string>

#include "auth/revocation_feed.h"
#include "http/client.h"

namespace cloudcart::auth {

/// The feed of a user service in another process: GET /internal/revocations?after=N.
class HttpRevocationFeed final : public RevocationFeed {
 public:
  HttpRevocationFeed(http::Client& user_service, http::ServiceToken token)
      : user_service_(user_service), token_(std::move(token)) {}
  Task<Result<RevocationBatch>> read(std::int64_t after, Deadline deadline) override;

 private:
  http::Client& user_service_;
  const http::ServiceToken token_;
};

}  // namespace cloudcart::auth
