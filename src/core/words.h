#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cloudcart {

/// The value of an enumeration whose words stand in `words` in its order, from 0 without gaps.
template <class Enum, std::size_t size>
std::optional<Enum> parse_word(const std::array<std::string_view, size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

/// The word of `value`, likewise.
template <class Enum, std::size_t size>
constexpr std::string_view word_of(const std::array<std::string_view, size>& words, Enum value) {
  return words[static_cast<std::size_t>(value)];
}

}  // namespace cloudcart
