#include "http/tls_certificate.h"

#include <cstring>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <time.h>
#include <unistd.h>

namespace cloudcart::http {
namespace {

std::unexpected<Error> refused(std::string why) {
  ERR_clear_error();
  return fail(ErrorCode::validation_failed, std::move(why));
}

std::string openssl_reason() {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason ? reason : "unknown";
}

/// HTTP/1.1 for clients that name what they speak; without a word in common they go on all the same.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_bytes, void*) {
  static constexpr unsigned char spoken[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, spoken, sizeof spoken - 1, offered, offered_bytes) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

/// A server cannot ask for a password.
int no_password(char*, int, int, void*) {
  return 0;
}

Status check_readable(const char* setting, const std::filesystem::path& file) {
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  std::string reason;
  if (!std::filesystem::exists(status))
    reason = "there is no such file";
  else if (!std::filesystem::is_regular_file(status))
    reason = "it is no file";
  else if (access(file.c_str(), R_OK) != 0)
    reason = std::strerror(errno);
  else
    return {};
  return refused(fmt::format("{}: cannot read {} ({}); name a PEM file that this user may read.", setting,
                             file.string(), reason));
}

Result<std::shared_ptr<SSL_CTX>> load(const std::filesystem::path& certificate,
                                      const std::filesystem::path& key) {
  CLOUDCART_CHECK(check_readable("tls.certificate", certificate));
  CLOUDCART_CHECK(check_readable("tls.key", key));
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1)
    return refused("OpenSSL has no TLS 1.2.");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Sessions are resumed by tickets, which the clients keep.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // Without the last a connection that rests would hold some 34 KB of buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(context.get(), no_password);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return refused(fmt::format("tls.certificate: {} holds no certificate in PEM form ({}).",
                               certificate.string(), openssl_reason()));
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
      return refused(fmt::format("tls.key: {} is not the key of the certificate in {}.", key.string(),
                                 certificate.string()));
    return refused(fmt::format("tls.key: {} holds no private key in PEM form without a password ({}).",
                               key.string(), openssl_reason()));
  }
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return refused(fmt::format("tls.key: {} is not the key of the certificate in {}.", key.string(),
                               certificate.string()));
  return context;
}

}  // namespace

void SslDeleter::operator()(ssl_st* session) const {
  SSL_free(session);
}

TlsCertificate::TlsCertificate(std::filesystem::path certificate, std::filesystem::path key)
    : certificate_(std::move(certificate)), key_(std::move(key)), seen_(stamp()) {
  auto loaded = load(certificate_, key_);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  context_ = *std::move(loaded);
}

TlsCertificate::Stamp TlsCertificate::stamp() const {
  std::error_code ignored;
  return {std::filesystem::last_write_time(certificate_, ignored),
          std::filesystem::last_write_time(key_, ignored)};
}

SslPtr TlsCertificate::begin() const {
  const std::scoped_lock lock(mutex_);
  return SslPtr(SSL_new(context_.get()));
}

Timestamp TlsCertificate::expires_at() const {
  std::tm end{};
  const std::scoped_lock lock(mutex_);
  if (ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context_.get())), &end) != 1) return {};
  return from_unix_ms(std::int64_t{1000} * ::timegm(&end));
}

Result<bool> TlsCertificate::refresh() {
  const auto now = stamp();
  if (now == seen_) return false;
  // What failed is tried again: nothing of the files need change for it to work, as when their mode was wrong.
  CLOUDCART_TRY(auto loaded, load(certificate_, key_));
  seen_ = now;
  const std::scoped_lock lock(mutex_);
  context_ = std::move(loaded);
  return true;
}

}  // namespace cloudcart::http
