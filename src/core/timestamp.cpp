#include "core/timestamp.h"

#include <cstdint>

namespace cloudcart {
namespace {

using namespace std::chrono;

void put(char*& at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  at += width;
}

/// Reads exactly `width` digits; false when one is missing.
bool take(std::string_view& text, int width, int& value) {
  if (text.size() < static_cast<std::size_t>(width)) return false;
  value = 0;
  for (int i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<year_month_day> take_date(std::string_view& text) {
  int y, m, d;
  if (!take(text, 4, y) || !take(text, '-') || !take(text, 2, m) || !take(text, '-') || !take(text, 2, d))
    return std::nullopt;
  const year_month_day date{year{y}, month(m), day(d)};
  if (!date.ok()) return std::nullopt;
  return date;
}

bool take_fraction(std::string_view& text, int& ms) {
  ms = 0;
  if (!take(text, '.')) return true;
  int scale = 100, count = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (++count > 9) return false;
    ms += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return count > 0;
}

bool take_offset(std::string_view& text, minutes& offset) {
  if (take(text, 'Z') || take(text, 'z')) {
    offset = minutes{0};
    return true;
  }
  const bool negative = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return false;
  int h, m;
  if (!take(text, 2, h) || !take(text, ':') || !take(text, 2, m) || h > 23 || m > 59) return false;
  offset = hours{h} + minutes{m};
  if (negative) offset = -offset;
  return true;
}

}  // namespace

void append_rfc3339(std::string& out, Timestamp time) {
  const auto day_start = floor<days>(time);
  const year_month_day date{day_start};
  const hh_mm_ss clock{time - day_start};
  char text[24];
  char* at = text;
  put(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  put(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  put(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  put(at, static_cast<unsigned>(clock.hours().count()), 2);
  *at++ = ':';
  put(at, static_cast<unsigned>(clock.minutes().count()), 2);
  *at++ = ':';
  put(at, static_cast<unsigned>(clock.seconds().count()), 2);
  *at++ = '.';
  put(at, static_cast<unsigned>(clock.subseconds().count()), 3);
  *at++ = 'Z';
  out.append(text, sizeof text);
}

std::string to_rfc3339(Timestamp time) {
  std::string out;
  append_rfc3339(out, time);
  return out;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  int h, m, s, ms;
  minutes offset;
  if (!date || (!take(text, 'T') && !take(text, 't') && !take(text, ' '))) return std::nullopt;
  if (!take(text, 2, h) || !take(text, ':') || !take(text, 2, m) || !take(text, ':') || !take(text, 2, s))
    return std::nullopt;
  if (h > 23 || m > 59 || s > 59 || !take_fraction(text, ms) || !take_offset(text, offset) || !text.empty())
    return std::nullopt;
  return Timestamp{sys_days{*date} + hours{h} + minutes{m} + seconds{s} + milliseconds{ms} - offset};
}

std::optional<year_month_day> parse_date(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !text.empty()) return std::nullopt;
  return date;
}

std::expected<year_month_day, std::string> read_date(std::string_view text) {
  const auto date = parse_date(text);
  if (!date) return std::unexpected("must be a date like 2026-11-23");
  if (date->year() < year{1970} || date->year() >= year{2200})
    return std::unexpected("must be from 1970-01-01 to 2199-12-31");
  return *date;
}

std::string to_date_string(year_month_day date) {
  return to_rfc3339(Timestamp{sys_days{date}}).substr(0, 10);
}

}  // namespace cloudcart
