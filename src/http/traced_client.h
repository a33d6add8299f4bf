#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/client.h"

namespace cloudcart::http {

/// Makes each request of another client a span of the task that sends it, and tells the server which. Around each of the
/// clients that a BalancedClient asks, so that every attempt is seen. Requests of tasks that are part of nothing go as they
/// are.
class TracedClient final : public Client {
 public:
  /// `address`: that of the server, "http://host:port".
  TracedClient(std::unique_ptr<Client> client, std::string address);
  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override;

 private:
  const std::unique_ptr<Client> client_;
  const std::string address_;
  std::string host_;
  std::int64_t port_ = 0;
};

}  // namespace cloudcart::http
