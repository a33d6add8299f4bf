#include "analytics/domain/alert.h"

#include <array>

#include "core/words.h"

namespace cloudcart::analytics {
namespace {

constexpr std::array<std::string_view, 2> side_words{"above", "below"};
constexpr std::array<std::string_view, 3> direction_words{"up", "down", "either"};
constexpr std::array<std::string_view, 2> baseline_words{"window_before", "week_earlier"};
constexpr std::array<std::string_view, 2> change_words{"fired", "resolved"};
constexpr std::array<std::string_view, 4> reason_words{"measured", "edited", "disabled", "deleted"};

}  // namespace

std::string_view to_string(Side side) {
  return word_of(side_words, side);
}
std::optional<Side> parse_side(std::string_view word) {
  return parse_word<Side>(side_words, word);
}

std::string_view to_string(Direction direction) {
  return word_of(direction_words, direction);
}
std::optional<Direction> parse_direction(std::string_view word) {
  return parse_word<Direction>(direction_words, word);
}

std::string_view to_string(Baseline baseline) {
  return word_of(baseline_words, baseline);
}
std::optional<Baseline> parse_baseline(std::string_view word) {
  return parse_word<Baseline>(baseline_words, word);
}

std::string_view to_string(AlertChange change) {
  return word_of(change_words, change);
}

std::string_view to_string(AlertReason reason) {
  return word_of(reason_words, reason);
}

bool watches_the_same(const AlertRule& a, const AlertRule& b) {
  return a.metric == b.metric && a.selections == b.selections && a.window == b.window &&
         a.condition == b.condition;
}

}  // namespace cloudcart::analytics
