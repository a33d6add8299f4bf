#include "analytics/domain/alert.h"

#include <algorithm>
#include <array>

namespace cloudcart::analytics {
namespace {

constexpr std::array<std::string_view, 2> side_words{"above", "below"};
constexpr std::array<std::string_view, 3> direction_words{"up", "down", "either"};
constexpr std::array<std::string_view, 2> baseline_words{"window_before", "week_earlier"};
constexpr std::array<std::string_view, 2> change_words{"fired", "resolved"};
constexpr std::array<std::string_view, 4> reason_words{"measured", "edited", "disabled", "deleted"};

template <class Enum, std::size_t size>
std::optional<Enum> parse_word(const std::array<std::string_view, size>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace

std::string_view to_string(Side side) {
  return side_words[static_cast<std::size_t>(side)];
}
std::optional<Side> parse_side(std::string_view word) {
  return parse_word<Side>(side_words, word);
}

std::string_view to_string(Direction direction) {
  return direction_words[static_cast<std::size_t>(direction)];
}
std::optional<Direction> parse_direction(std::string_view word) {
  return parse_word<Direction>(direction_words, word);
}

std::string_view to_string(Baseline baseline) {
  return baseline_words[static_cast<std::size_t>(baseline)];
}
std::optional<Baseline> parse_baseline(std::string_view word) {
  return parse_word<Baseline>(baseline_words, word);
}

std::string_view to_string(AlertChange change) {
  return change_words[static_cast<std::size_t>(change)];
}

std::string_view to_string(AlertReason reason) {
  return reason_words[static_cast<std::size_t>(reason)];
}

bool watches_the_same(const AlertRule& a, const AlertRule& b) {
  return a.metric == b.metric && a.selections == b.selections && a.window == b.window &&
         a.condition == b.condition;
}

}  // namespace cloudcart::analytics
