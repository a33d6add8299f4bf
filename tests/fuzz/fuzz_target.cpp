#include "fuzz/fuzz_target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace cloudcart::fuzz {

std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

const Target* find_target(std::string_view name) {
  const auto found = std::ranges::find(targets(), name, &Target::name);
  return found == targets().end() ? nullptr : &*found;
}

void require(bool holds, std::string_view promise, std::source_location where) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: broken promise: %.*s\n", where.file_name(), where.line(),
               static_cast<int>(promise.size()), promise.data());
  std::abort();
}

std::vector<std::string_view> in_pieces(std::string_view text, std::uint8_t seed) {
  std::vector<std::string_view> pieces;
  std::uint32_t state = seed * 2654435761U + 1;
  while (!text.empty()) {
    state = state * 1664525U + 1013904223U;
    const auto length = std::min<std::size_t>(text.size(), 1 + (state >> 26));
    pieces.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

}  // namespace cloudcart::fuzz
