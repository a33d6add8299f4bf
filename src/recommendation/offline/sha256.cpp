#include "recommendation/offline/sha256.h"

#include <openssl/sha.h>

namespace cloudcart::recommendation::offline {

std::array<std::uint8_t, 32> sha256(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace cloudcart::recommendation::offline
