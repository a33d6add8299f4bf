#pragma once

#include "core/time_zone.h"

namespace cloudcart::history {

/// Moves moments by whole calendar days and keeps what the shop's wall clock showed, daylight saving or not.
class DateShift {
 public:
  DateShift(TimeZone zone, int days) : zone_(std::move(zone)), days_(days) {}

  /// The shift that puts `last` on today's date in `zone`, or on yesterday's when its time of day is still to
  /// come: nothing lies in the future.
  static DateShift to_today(TimeZone zone, Timestamp last, Timestamp now);

  int days() const { return days_; }
  Timestamp operator()(Timestamp time) const;

 private:
  TimeZone zone_;
  int days_;
};

}  // namespace cloudcart::history
