#pragma once

#include <memory>
#include <string>

#include "http/client.h"

namespace cloudcart::http {

struct ClientOptions {
  std::string base_url;            ///< "http://host:port"
  std::size_t idle_per_loop = 64;  ///< kept connections per event loop
  milliseconds connect_timeout{1000};
  std::uint64_t max_body_bytes = 64 << 20;
};

/// HTTP/1.1 without TLS, for services of one platform. To be used from tasks on EventLoops; each loop keeps
/// its own connections. Throws std::runtime_error for a base_url that is not of the form above.
class BeastClient final : public Client {
 public:
  explicit BeastClient(ClientOptions options);
  ~BeastClient() override;

  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cloudcart::http
