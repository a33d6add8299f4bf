#include "core/caller.h"

#include <algorithm>
#include <array>

namespace cloudcart {
namespace {
constexpr std::array<std::string_view, 4> role_words{"customer", "analyst", "staff", "admin"};
}

std::string_view to_string(Role role) {
  return role_words[static_cast<std::size_t>(role)];
}

std::optional<Role> parse_role(std::string_view word) {
  const auto found = std::ranges::find(role_words, word);
  if (found == role_words.end()) return std::nullopt;
  return static_cast<Role>(found - role_words.begin());
}

}  // namespace cloudcart
