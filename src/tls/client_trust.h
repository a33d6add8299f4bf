#pragma once

#include <filesystem>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace cloudcart::tls {

struct FreeContext {
  void operator()(ssl_ctx_st* context) const;
};
using ClientTrust = std::unique_ptr<ssl_ctx_st, FreeContext>;

/// For clients that speak TLS 1.2 or newer and believe certificates of the system's authorities, and of those in
/// `ca_file` (PEM) unless it is empty. Throws std::runtime_error with a sentence for the operator.
ClientTrust make_client_trust(const std::filesystem::path& ca_file);

/// The server has to show a certificate for this name or address. False when OpenSSL cannot see to that.
bool expect_host(ssl_st* session, const std::string& host);

}  // namespace cloudcart::tls
