#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

/// A moment in UTC, to the millisecond.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
/// A moment on the monotonic clock; what deadlines are measured in.
using MonotonicTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// RFC 3339 with milliseconds: "2026-11-23T12:08:19.042Z".
std::string to_rfc3339(Timestamp time);
void append_rfc3339(std::string& out, Timestamp time);
/// Accepts RFC 3339 with "Z" or a numeric offset and up to nine fractional digits (cut to milliseconds).
std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// A calendar date "YYYY-MM-DD"; nullopt for anything else, impossible dates included.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text);
/// A date that a caller gives. Otherwise what is wrong with it, in words for them: it is no date, or not one of 1970
/// to 2199, beyond which days and zones are not reckoned.
std::expected<std::chrono::year_month_day, std::string> read_date(std::string_view text);
std::string to_date_string(std::chrono::year_month_day date);

inline std::int64_t to_unix_ms(Timestamp time) {
  return time.time_since_epoch().count();
}
inline Timestamp from_unix_ms(std::int64_t ms) {
  return Timestamp{milliseconds{ms}};
}

}  // namespace cloudcart
