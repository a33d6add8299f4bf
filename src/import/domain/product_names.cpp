#include "import/domain/product_names.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/text.h"
#include "import/domain/clean_text.h"

namespace cloudcart::history {
namespace {

constexpr std::size_t longest_name = 255;

// First words of notes that people leave in the description.
constexpr std::array<std::string_view, 26> note_words{
    "adjust",    "adjustment",  "broken", "check",  "counted", "cracked", "crushed", "damage",    "damaged",
    "damages",   "faulty",      "found",  "lost",   "missing", "mouldy",  "rusty",   "returned",  "smashed",
    "incorrect", "incorrectly", "sold",   "thrown", "throw",   "wet",     "wrongly", "unsaleable"};

}  // namespace

bool is_stock_note(std::string_view description) {
  const std::string lower = ascii_lower(trim(description));
  if (lower.empty() || lower.find("??") != std::string::npos || lower.front() == '?' || lower.back() == '?')
    return true;
  // A name in capitals ("LOST PROPERTY BOX") is a product's in the shops that write notes in small letters.
  if (description == ascii_upper(description)) return false;
  const auto first_word =
      std::string_view{lower}.substr(0, lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
  return std::ranges::find(note_words, first_word) != note_words.end();
}

void ProductNames::vote(std::uint32_t product, std::string_view description, bool on_sale, Timestamp time) {
  if (description.empty()) return;
  auto& votes = votes_[std::uint64_t{product} << 32 | descriptions_.number_of(description)];
  ++(on_sale ? votes.sales : votes.cancellations);
  votes.latest = std::max(votes.latest, time);
}

std::vector<std::string> ProductNames::choose(std::size_t products) const {
  // Compared in this order; the text itself last, so that the answer does not hang on the order of a hash
  // table.
  using Rank = std::tuple<bool, std::uint32_t, std::uint32_t, Timestamp, std::string_view>;
  std::vector<Rank> best(products);
  for (const auto& [key, votes] : votes_) {
    const auto description = descriptions_[static_cast<std::uint32_t>(key)];
    auto& current = best[key >> 32];
    current = std::max(current, Rank{!is_stock_note(description), votes.sales, votes.cancellations,
                                     votes.latest, description});
  }
  std::vector<std::string> names;
  names.reserve(products);
  for (const auto& rank : best) names.push_back(clean_text(std::get<std::string_view>(rank), longest_name));
  return names;
}

}  // namespace cloudcart::history
