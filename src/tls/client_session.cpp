#include "tls/client_session.h"

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace cloudcart::tls {
namespace {

constexpr std::size_t record_bytes = 16'384;  // of TLS, RFC 8446, 5.1

int length_of(std::string_view bytes) {
  return static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 30));
}

}  // namespace

void ClientSession::Free::operator()(ssl_st* session) const {
  SSL_free(session);
}

ClientSession::ClientSession(ssl_ctx_st& trust, const std::string& host)
    : session_(SSL_new(&trust)), incoming_(BIO_new(BIO_s_mem())), outgoing_(BIO_new(BIO_s_mem())) {
  if (session_) SSL_set_bio(session_.get(), incoming_, outgoing_);
  if (!session_ || !expect_host(session_.get(), host))
    throw std::runtime_error(fmt::format("A certificate for '{}' cannot be asked for.", host));
  SSL_set_connect_state(session_.get());
}

std::unexpected<Error> ClientSession::failure(int outcome) const {
  const int kind = SSL_get_error(session_.get(), outcome);
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  if (const auto verdict = SSL_get_verify_result(session_.get()); verdict != X509_V_OK)
    return fail(ErrorCode::unavailable,
                fmt::format("its certificate is not accepted ({})", X509_verify_cert_error_string(verdict)));
  if (kind == SSL_ERROR_ZERO_RETURN) return fail(ErrorCode::unavailable, "it ended the session");
  return fail(ErrorCode::unavailable, fmt::format("no TLS with it ({})", reason ? reason : "unknown reason"));
}

Result<bool> ClientSession::shake_hands() {
  if (SSL_is_init_finished(session_.get())) return true;
  const int outcome = SSL_do_handshake(session_.get());
  if (outcome == 1) return true;
  if (SSL_get_error(session_.get(), outcome) == SSL_ERROR_WANT_READ) return false;
  return failure(outcome);
}

Result<std::string_view> ClientSession::open(std::string_view sealed) {
  plain_.clear();
  while (!sealed.empty()) {
    const int taken = BIO_write(incoming_, sealed.data(), length_of(sealed));
    if (taken <= 0) return fail(ErrorCode::unavailable, "there is no memory for what it sent");
    sealed.remove_prefix(static_cast<std::size_t>(taken));
  }
  CLOUDCART_TRY(const bool ready, shake_hands());
  if (!ready) return std::string_view{};
  std::array<char, record_bytes> part;
  for (;;) {
    const int count = SSL_read(session_.get(), part.data(), static_cast<int>(part.size()));
    if (count > 0) {
      plain_.append(part.data(), static_cast<std::size_t>(count));
      continue;
    }
    if (SSL_get_error(session_.get(), count) == SSL_ERROR_WANT_READ) return std::string_view{plain_};
    return failure(count);
  }
}

Status ClientSession::seal(std::string& plain, std::string& sealed) {
  CLOUDCART_TRY(const bool ready, shake_hands());
  if (ready && !plain.empty()) {
    // A session that writes to memory takes all at once.
    const int taken = SSL_write(session_.get(), plain.data(), length_of(plain));
    if (taken <= 0) return failure(taken);
    plain.erase(0, static_cast<std::size_t>(taken));
  }
  const auto pending = BIO_ctrl_pending(outgoing_);
  const auto before = sealed.size();
  sealed.resize(before + pending);
  if (pending > 0) BIO_read(outgoing_, sealed.data() + before, static_cast<int>(pending));
  return {};
}

}  // namespace cloudcart::tls
