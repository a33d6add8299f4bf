#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

/// What a client calls a request, so that it can ask again: 1 to 255 visible ASCII characters.
struct IdempotencyKey {
  std::string value;
  static std::optional<IdempotencyKey> parse(std::string_view text);
  auto operator<=>(const IdempotencyKey&) const = default;
};

}  // namespace cloudcart
