#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cloudcart::recommendation::offline {

/// What stands for chance in the protocol: the same on every machine and in every language.
std::array<std::uint8_t, 32> sha256(std::string_view text);

}  // namespace cloudcart::recommendation::offline
