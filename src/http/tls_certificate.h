#pragma once

#include <filesystem>
#include <memory>
#include <mutex>

#include "core/result.h"
#include "core/timestamp.h"

struct ssl_st;
struct ssl_ctx_st;

namespace cloudcart::http {

struct SslDeleter {
  void operator()(ssl_st* session) const;
};
/// The TLS side of one connection.
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;

/// The certificate by which a server shows who it is, with its key. TLS 1.2 and newer, with OpenSSL's choice of ciphers.
/// Safe between threads.
class TlsCertificate {
 public:
  /// Of PEM files: the certificate with its intermediates after it, and its key without a password. Throws
  /// std::runtime_error with the mend.
  TlsCertificate(std::filesystem::path certificate, std::filesystem::path key);

  /// For a new connection; those that are open keep the certificate that they began with. Null when OpenSSL has no memory.
  SslPtr begin() const;
  /// Reads the files again if they are others than the last time. True: new connections see the new certificate. With an
  /// error the present one stays.
  Result<bool> refresh();
  /// When the certificate that new connections see ends.
  Timestamp expires_at() const;

 private:
  struct Stamp {
    std::filesystem::file_time_type certificate, key;
    bool operator==(const Stamp&) const = default;
  };
  Stamp stamp() const;

  const std::filesystem::path certificate_, key_;
  mutable std::mutex mutex_;
  Stamp seen_;  ///< of the files as they were read last
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace cloudcart::http
