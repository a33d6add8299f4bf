#include "import/domain/line_values.h"

#include <charconv>

#include "core/text.h"

namespace cloudcart::history {
namespace {

using namespace std::chrono;

constexpr std::int64_t quantity_bound = 1'000'000'000;
constexpr std::int64_t price_bound_minor = 9'999'999'999;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Takes between `min` and `max` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t min, std::size_t max) {
  std::size_t length = 0;
  int value = 0;
  while (length < max && length < text.size() && is_digit(text[length]))
    value = value * 10 + (text[length++] - '0');
  if (length < min) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<year_month_day> take_iso_date(std::string_view& text) {
  const auto y = take_number(text, 4, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2, 2);
  if (!d) return std::nullopt;
  return year_month_day{year{*y}, month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
}

std::optional<year_month_day> take_month_first_date(std::string_view& text) {
  const auto m = take_number(text, 1, 2);
  if (!m || !take(text, '/')) return std::nullopt;
  const auto d = take_number(text, 1, 2);
  if (!d || !take(text, '/')) return std::nullopt;
  const auto y = take_number(text, 4, 4);
  if (!y) return std::nullopt;
  return year_month_day{year{*y}, month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
}

std::optional<milliseconds> take_time_of_day(std::string_view& text) {
  const auto h = take_number(text, 1, 2);
  if (!h || !take(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  milliseconds time = hours{*h} + minutes{*m};
  if (!take(text, ':')) return time;
  const auto s = take_number(text, 2, 2);
  if (!s || *s > 59) return std::nullopt;
  time += seconds{*s};
  if (take(text, '.')) {
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
    for (int scale = 100; !text.empty() && is_digit(text.front()); scale /= 10, text.remove_prefix(1))
      time += milliseconds{(text.front() - '0') * scale};
  }
  return time;
}

std::optional<minutes> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return minutes{0};
  const bool negative = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto h = take_number(text, 2, 2);
  take(text, ':');
  const auto m = take_number(text, 2, 2);
  if (!h || !m || *h > 23 || *m > 59) return std::nullopt;
  const minutes offset = hours{*h} + minutes{*m};
  return negative ? -offset : offset;
}

std::optional<Timestamp> believable(Timestamp time) {
  constexpr Timestamp first = sys_days{1970y / 1 / 1};
  constexpr Timestamp end = sys_days{2200y / 1 / 1};
  if (time < first || time >= end) return std::nullopt;
  return time;
}

std::optional<Timestamp> from_unix_seconds(std::string_view digits) {
  // Fewer digits would be a date without separators, more would be milliseconds: better none than a wrong
  // one.
  if (digits.size() < 9 || digits.size() > 10) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return believable(Timestamp{seconds{value}});
}

}  // namespace

std::optional<Timestamp> parse_line_time(std::string_view text, const TimeZone& zone) {
  if (all_digits(text)) return from_unix_seconds(text);
  const bool month_first = text.substr(0, 3).find('/') != std::string_view::npos;
  const auto date = month_first ? take_month_first_date(text) : take_iso_date(text);
  if (!date || !date->ok()) return std::nullopt;
  milliseconds time{0};
  if (!text.empty()) {
    if (!take(text, ' ') && !take(text, 'T') && !take(text, 't')) return std::nullopt;
    const auto clock = take_time_of_day(text);
    if (!clock) return std::nullopt;
    time = *clock;
  }
  const auto whole_seconds = floor<seconds>(time);
  if (text.empty()) return believable(zone.at(*date, whole_seconds) + (time - whole_seconds));
  take(text, ' ');
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return believable(Timestamp{sys_days{*date}} + time - *offset);
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  text = without_zero_fraction(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value > quantity_bound || value < -quantity_bound) return std::nullopt;
  return value;
}

std::optional<UnitPrice> parse_unit_price(std::string_view text) {
  const bool negative = take(text, '-');
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if ((!whole.empty() && !all_digits(whole)) || (!fraction.empty() && !all_digits(fraction)))
    return std::nullopt;
  // Leading zeros aside, eight digits are the bound.
  const auto first = whole.find_first_not_of('0');
  const auto significant = first == std::string_view::npos ? std::string_view{} : whole.substr(first);
  if (significant.size() > 8) return std::nullopt;
  std::int64_t minor = 0;
  for (const char c : significant) minor = minor * 10 + (c - '0');
  for (std::size_t i = 0; i < 2; ++i) minor = minor * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const auto finer = fraction.size() > 2 ? fraction.substr(2) : std::string_view{};
  const bool exact = finer.find_first_not_of('0') == std::string_view::npos;
  if (!exact && finer[0] >= '5') ++minor;
  if (minor > price_bound_minor) return std::nullopt;
  return UnitPrice{.amount = Money{negative ? -minor : minor}, .exact = exact};
}

std::string_view without_zero_fraction(std::string_view number) {
  const auto point = number.find('.');
  if (point == std::string_view::npos || point == 0) return number;
  const bool zeros = number.find_first_not_of('0', point + 1) == std::string_view::npos;
  return zeros && all_digits(
                      number.substr(number.front() == '-' ? 1 : 0, point - (number.front() == '-' ? 1 : 0)))
             ? number.substr(0, point)
             : number;
}

}  // namespace cloudcart::history
