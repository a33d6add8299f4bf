#pragma once

#include <cstdint>
#include <vector>

#include "core/random.h"
#include "core/time_zone.h"

namespace cloudcart::demo {

/// When orders come: more each month, more before Christmas, by the weekday, and by the hour of the shop's
/// wall clock. The last day ends at `end`.
class Calendar {
 public:
  Calendar(std::uint64_t seed, TimeZone zone, Timestamp end, std::uint32_t days);

  /// Spreads `orders` over the days; one count for each.
  std::vector<std::size_t> orders_by_day(std::size_t orders) const;
  /// A moment of that day, not after the end.
  Timestamp moment(Random& random, std::uint32_t day) const;
  std::chrono::year_month_day date(std::uint32_t day) const;
  /// Which of its months a day lies in, 0–11.
  std::size_t month(std::uint32_t day) const;
  std::uint32_t days() const { return days_; }
  Timestamp end() const { return end_; }

 private:
  std::uint64_t weight(std::uint32_t day) const;

  std::uint64_t seed_;
  TimeZone zone_;
  Timestamp end_;
  std::uint32_t days_;
  std::chrono::year_month_day last_date_;
};

}  // namespace cloudcart::demo
