#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace cloudcart {

inline constexpr std::size_t sha256_bytes = 32;
using Sha256Digest = std::array<std::uint8_t, sha256_bytes>;

/// SHA-256 (FIPS 180-4). All here throw std::runtime_error where OpenSSL was built without it.
Sha256Digest sha256(std::string_view bytes);

/// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-256 of bytes that come in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  void add(std::string_view bytes);
  /// Of all that was added; the next bytes begin anew.
  Sha256Digest take();

 private:
  void begin();

  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

/// Its 32 bytes as they are.
std::string to_bytes(const Sha256Digest& digest);
/// 64 small hexadecimal digits.
std::string to_hex(const Sha256Digest& digest);

}  // namespace cloudcart
