#include "core/idempotency_key.h"

#include <algorithm>

namespace cloudcart {
namespace {

constexpr std::size_t longest_key = 255;

bool is_visible_ascii(char c) {
  return c > 0x20 && c < 0x7F;
}

}  // namespace

std::optional<IdempotencyKey> IdempotencyKey::parse(std::string_view text) {
  if (text.empty() || text.size() > longest_key || !std::ranges::all_of(text, is_visible_ascii))
    return std::nullopt;
  return IdempotencyKey{std::string{text}};
}

}  // namespace cloudcart
