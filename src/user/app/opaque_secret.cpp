#include "user/app/opaque_secret.h"

#include <stdexcept>

#include <openssl/evp.h>

#include "core/id_generator.h"
#include "core/text.h"

namespace cloudcart::user {
namespace {

constexpr std::size_t secret_bytes = 32;
constexpr std::size_t digest_bytes = 32;

}  // namespace

std::string new_opaque_secret() {
  std::string bytes(secret_bytes, '\0');
  random_bytes(bytes.data(), bytes.size());
  return base64url_encode(bytes);
}

std::string hash_of_secret(std::string_view secret) {
  std::string digest(digest_bytes, '\0');
  unsigned size = 0;
  if (EVP_Digest(secret.data(), secret.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL cannot compute SHA-256.");
  return digest;
}

}  // namespace cloudcart::user
