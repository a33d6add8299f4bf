#pragma once

#include <chrono>
#include <cstdint>

#include "analytics/domain/period.h"

namespace cloudcart::analytics {

/// The levels of the table `sales`; the numbers are stored.
enum class Grain : std::uint8_t { all_time = 0, day = 1, quarter_hour = 2 };

/// What the rows of the table `tally` count; the numbers are stored.
enum class Subject : std::uint8_t { product = 0, customer = 1, product_of_all_time = 2 };

/// Which row of `tally` holds a number. A day has few of all numbers, so its rows span many: few rows to
/// read. All time has nearly all, so its rows span few: an order rewrites a page for each product.
constexpr std::int64_t block_of(Subject subject, std::int64_t number) {
  return number / (subject == Subject::product_of_all_time ? 256 : 8192);
}

constexpr std::int64_t quarter_hour_ms = 15 * 60 * 1000;

/// Quarters of an hour since 1970, rounded down; every zone's days begin at one (those of today's offsets
/// do).
inline std::int64_t quarter_of(Timestamp time) {
  const auto ms = to_unix_ms(time);
  return ms / quarter_hour_ms - (ms % quarter_hour_ms < 0);
}
inline Timestamp start_of_quarter(std::int64_t quarter) {
  return from_unix_ms(quarter * quarter_hour_ms);
}

inline std::int64_t day_number(Date date) {
  return std::chrono::sys_days{date}.time_since_epoch().count();
}
inline Date date_of_number(std::int64_t day) {
  return Date{std::chrono::sys_days{std::chrono::days{static_cast<int>(day)}}};
}

}  // namespace cloudcart::analytics
