#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cloudcart::recommendation {

using SipKey = std::array<std::uint8_t, 16>;

/// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012): 64 bits that look
/// random to whoever does not know the key, so it both spreads evenly and seals short messages.
std::uint64_t sip_hash(const SipKey& key, std::string_view message);

}  // namespace cloudcart::recommendation
