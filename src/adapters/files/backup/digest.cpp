#include "adapters/files/backup/digest.h"

#include <array>
#include <stdexcept>

#include <openssl/evp.h>

#include "core/text.h"

namespace cloudcart::backup {
namespace {

void demand(int done) {
  if (done != 1) throw std::runtime_error("SHA-256 cannot be computed");
}

}  // namespace

Digest::Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  begin();
}

void Digest::begin() {
  demand(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Digest::add(std::string_view bytes) {
  demand(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Digest::take() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  demand(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
  begin();
  return hex_encode({reinterpret_cast<const char*>(bytes.data()), size});
}

}  // namespace cloudcart::backup
