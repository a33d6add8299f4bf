#include "privacy/erasure.h"

#include <algorithm>

#include "core/words.h"

namespace cloudcart::privacy {
namespace {

constexpr std::array<std::string_view, all_holders.size()> holder_words{"user", "order", "analytics"};

}  // namespace

std::string_view to_string(Holder holder) {
  return word_of(holder_words, holder);
}

std::optional<Holder> parse_holder(std::string_view word) {
  for (const auto holder : all_holders)
    if (to_string(holder) == word) return holder;
  return std::nullopt;
}

bool ErasureState::is_done() const {
  return std::ranges::all_of(parts, [](const Part& part) { return part.erased.is_done; });
}

}  // namespace cloudcart::privacy
