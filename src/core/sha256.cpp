#include "core/sha256.h"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "core/text.h"

namespace cloudcart {
namespace {

void demand(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot compute SHA-256.");
}

}  // namespace

Sha256Digest sha256(std::string_view bytes) {
  Sha256Digest digest;
  demand(SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data()));
  return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256Digest digest;
  demand(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), nullptr));
  return digest;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  begin();
}

void Sha256Stream::begin() {
  demand(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
}

void Sha256Stream::add(std::string_view bytes) {
  demand(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256Stream::take() {
  Sha256Digest digest;
  demand(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  begin();
  return digest;
}

std::string to_bytes(const Sha256Digest& digest) {
  return {digest.begin(), digest.end()};
}

std::string to_hex(const Sha256Digest& digest) {
  return hex_encode(to_bytes(digest));
}

}  // namespace cloudcart
