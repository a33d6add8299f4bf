#include "demo/calendar.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace cloudcart::demo {
namespace {

constexpr std::uint64_t day_stream = 0x64617973;
constexpr std::array<std::uint32_t, 12> month_percent{85, 85, 92, 98, 104, 100, 92, 90, 100, 108, 135, 150};
constexpr std::array<std::uint32_t, 7> weekday_percent{104, 105, 98, 97, 100, 110, 92};  // from Sunday
constexpr std::array<std::uint32_t, 24> hour_weights{4,  2,  1,  1,  1,  2,  6,  14, 24, 34, 42, 46,
                                                     52, 48, 42, 38, 38, 42, 50, 60, 66, 58, 34, 14};

}  // namespace

Calendar::Calendar(std::uint64_t seed, TimeZone zone, Timestamp end, std::uint32_t days)
    : seed_(seed), zone_(std::move(zone)), end_(end), days_(days), last_date_(zone_.date_of(end)) {}

std::chrono::year_month_day Calendar::date(std::uint32_t day) const {
  return add_days(last_date_, static_cast<int>(day) - static_cast<int>(days_ - 1));
}

std::size_t Calendar::month(std::uint32_t day) const {
  return unsigned{date(day).month()} - 1;
}

std::uint64_t Calendar::weight(std::uint32_t day) const {
  Random random(seed_ ^ day_stream, day);
  const auto weekday = std::chrono::weekday{std::chrono::sys_days{date(day)}}.c_encoding();
  const std::uint64_t growth = 100 + 80ULL * day / days_;
  const std::uint64_t noise = static_cast<std::uint64_t>(random.between(88, 112));
  std::uint64_t weight = growth * month_percent[month(day)] * weekday_percent[weekday] * noise / 10'000;
  if (day + 1 == days_) {
    const auto whole = std::accumulate(hour_weights.begin(), hour_weights.end(), 0U);
    const auto past = std::accumulate(hour_weights.begin(), hour_weights.begin() + zone_.hour_of(end_), 0U);
    weight = weight * past / whole;
  }
  return weight;
}

std::vector<std::size_t> Calendar::orders_by_day(std::size_t orders) const {
  std::vector<std::uint64_t> below(days_ + 1, 0);
  for (std::uint32_t day = 0; day < days_; ++day) below[day + 1] = below[day] + weight(day);
  std::vector<std::size_t> counts(days_);
  // A history of one day that has just begun: all of it lies in its first moments.
  if (below[days_] == 0) {
    counts.back() = orders;
    return counts;
  }
  for (std::uint32_t day = 0; day < days_; ++day)
    counts[day] = below[day + 1] * orders / below[days_] - below[day] * orders / below[days_];
  return counts;
}

Timestamp Calendar::moment(Random& random, std::uint32_t day) const {
  const auto hours_open = day + 1 == days_ ? std::max(zone_.hour_of(end_), 1) : 24;
  const auto hour = random.weighted(std::span{hour_weights}.first(static_cast<std::size_t>(hours_open)));
  const auto second = static_cast<std::int64_t>(hour) * 3'600 + random.between(0, 3'599);
  return std::min(zone_.at(date(day), seconds{second}), end_);
}

}  // namespace cloudcart::demo
