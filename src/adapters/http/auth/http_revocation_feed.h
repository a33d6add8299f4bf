#pragma once

#include <functional>
#include <string>

#include "auth/revocation_feed.h"
#include "http/client.h"

namespace cloudcart::auth {

/// The feed of a user service in another process: GET /internal/revocations?after=N.
class HttpRevocationFeed final : public RevocationFeed {
 public:
  using ServiceToken = std::function<std::string(const TenantId&)>;

  HttpRevocationFeed(http::Client& user_service, ServiceToken token)
      : user_service_(user_service), token_(std::move(token)) {}
  Task<Result<RevocationBatch>> read(std::int64_t after, Deadline deadline) override;

 private:
  http::Client& user_service_;
  const ServiceToken token_;
};

}  // namespace cloudcart::auth
