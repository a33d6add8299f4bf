#include "user/app/opaque_secret.h"

#include "core/id_generator.h"
#include "core/sha256.h"
#include "core/text.h"

namespace cloudcart::user {
namespace {

constexpr std::size_t secret_bytes = 32;

}  // namespace

std::string new_opaque_secret() {
  std::string bytes(secret_bytes, '\0');
  random_bytes(bytes.data(), bytes.size());
  return base64url_encode(bytes);
}

std::string hash_of_secret(std::string_view secret) {
  return to_bytes(sha256(secret));
}

}  // namespace cloudcart::user
