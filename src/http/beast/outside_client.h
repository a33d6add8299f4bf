#pragma once

#include <filesystem>
#include <memory>

#include "http/outside_client.h"

namespace cloudcart::http {

struct OutsideOptions {
  /// Whether this machine and its network may be reached; link-local and other special addresses never are.
  bool allow_own_addresses = false;
  /// Certificates of authorities to trust beside the system's; empty: none.
  std::filesystem::path ca_file;
};

/// HTTP/1.1, with TLS 1.2 or newer where the URL says https: the server has to prove its name by a certificate
/// of a trusted authority. A name is resolved once and the connection is made to an address that was looked
/// at, so that a name cannot lead elsewhere after it has been found harmless (DNS rebinding). To be used from
/// tasks on EventLoops. The system's resolver cannot be interrupted: a name that it does not find soon delays
/// the answer, and stop().
class BeastOutsideClient final : public OutsideClient {
 public:
  /// Throws std::runtime_error with a sentence for the operator when the CA file cannot be read.
  explicit BeastOutsideClient(OutsideOptions options);
  ~BeastOutsideClient() override;

  Task<Result<OutsideAnswer>> post(WebUrl url, Headers headers, std::string body, Deadline deadline) override;
  void stop() override;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cloudcart::http
