#include "import/domain/date_shift.h"

namespace cloudcart::history {

DateShift DateShift::to_today(TimeZone zone, Timestamp last, Timestamp now) {
  using std::chrono::sys_days;
  const auto days = sys_days{zone.date_of(now)} - sys_days{zone.date_of(last)};
  DateShift shift(std::move(zone), static_cast<int>(days.count()));
  if (shift(last) > now) --shift.days_;
  return shift;
}

Timestamp DateShift::operator()(Timestamp time) const {
  if (days_ == 0) return time;
  const auto of_day = zone_.time_of_day(time);
  const auto whole_seconds = std::chrono::floor<seconds>(of_day);
  return zone_.at(add_days(zone_.date_of(time), days_), whole_seconds) + (of_day - whole_seconds);
}

}  // namespace cloudcart::history
