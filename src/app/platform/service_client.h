#pragma once

#include <string>

#include "auth/token_codec.h"
#include "http/beast/client.h"

namespace cloudcart::app {

/// Calls another service of this platform, as a service: each request carries a fresh service token.
class ServiceClient final : public http::Client {
 public:
  ServiceClient(std::string address, const auth::TokenCodec& tokens)
      : inner_({.base_url = std::move(address)}), tokens_(tokens) {}

  Task<Result<http::Response>> send(http::ClientRequest request, Deadline deadline) override {
    request.headers.set("Authorization", "Bearer " + tokens_.sign_service());
    if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
    co_return co_await inner_.send(std::move(request), deadline);
  }

 private:
  http::BeastClient inner_;
  const auth::TokenCodec& tokens_;
};

}  // namespace cloudcart::app
