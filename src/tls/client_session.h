#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "tls/client_trust.h"

struct bio_st;

namespace cloudcart::tls {

/// The client's side of one TLS connection without its I/O: whoever has the socket hands over what came and sends what
/// there is to send. Used by one thread at a time.
class ClientSession {
 public:
  /// `trust` outlives it. Throws std::runtime_error when OpenSSL cannot see to the host's name.
  ClientSession(ssl_ctx_st& trust, const std::string& host);

  /// What the server says in the bytes that came, valid until the next call. Afterwards there may be something to
  /// send, see seal(). Errors: unavailable, with the reason, for a server that is not believed, ends or breaks the session.
  Result<std::string_view> open(std::string_view sealed);
  /// Takes `plain` as soon as the handshake is over, and appends to `sealed` what is to be sent. To be called once before
  /// anything has come, and after every open(). Errors: as open().
  Status seal(std::string& plain, std::string& sealed);

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  /// Takes the handshake as far as it goes; true when it is over.
  Result<bool> shake_hands();
  std::unexpected<Error> failure(int outcome) const;

  std::unique_ptr<ssl_st, Free> session_;
  bio_st* incoming_ = nullptr;  ///< the session's
  bio_st* outgoing_ = nullptr;  ///< the session's
  std::string plain_;
};

}  // namespace cloudcart::tls
