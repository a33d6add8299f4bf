#include "tls/client_trust.h"

#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace cloudcart::tls {
namespace {

bool is_address(const std::string& host) {
  in6_addr ignored;
  return inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace

void FreeContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

ClientTrust make_client_trust(const std::filesystem::path& ca_file) {
  ClientTrust trust{SSL_CTX_new(TLS_client_method())};
  if (!trust || SSL_CTX_set_min_proto_version(trust.get(), TLS1_2_VERSION) != 1)
    throw std::runtime_error("OpenSSL has no TLS 1.2.");
  SSL_CTX_set_verify(trust.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_verify_paths(trust.get());
  if (ca_file.empty()) return trust;
  if (SSL_CTX_load_verify_file(trust.get(), ca_file.c_str()) == 1) return trust;
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  throw std::runtime_error(fmt::format("Cannot read certificates from {}: {}.", ca_file.string(),
                                       reason ? reason : "unknown reason"));
}

bool expect_host(ssl_st* session, const std::string& host) {
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace cloudcart::tls
