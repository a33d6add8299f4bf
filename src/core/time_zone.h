#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/timestamp.h"

namespace cloudcart {

/// An IANA time zone with its daylight-saving rules, read from the system's zone database.
class TimeZone {
 public:
  TimeZone();  ///< UTC
  /// Nullopt for a name that the database has not ("Europe/London" and "UTC" are names; paths and "" are
  /// not).
  static std::optional<TimeZone> load(std::string_view name);

  const std::string& name() const { return name_; }
  /// The calendar date of a moment in this zone.
  std::chrono::year_month_day date_of(Timestamp time) const;
  /// Hour of the day, 0–23.
  int hour_of(Timestamp time) const;
  /// What the clock on the wall shows: since midnight, daylight-saving jumps not counted.
  milliseconds time_of_day(Timestamp time) const;
  /// The first moment of a date: midnight, or the first moment after a gap that swallows it.
  Timestamp start_of(std::chrono::year_month_day date) const;
  /// A wall-clock time; in a gap the moment after it, where it happens twice the first.
  Timestamp at(std::chrono::year_month_day date, seconds since_midnight) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
  std::string name_;
};

/// date + n days.
std::chrono::year_month_day add_days(std::chrono::year_month_day date, int n);

}  // namespace cloudcart
