#include "analytics/columns/day_rollups.h"

#include "analytics/domain/period.h"

namespace cloudcart::analytics {
namespace {

constexpr std::int64_t day_of_quarter(std::int64_t quarter) {
  return quarter / quarters_per_day - (quarter % quarters_per_day < 0);
}

}  // namespace

SalesFigures& QuarterRollup::at(std::int64_t ms) {
  const auto quarter = quarter_of(ms);
  const auto day = day_of_quarter(quarter);
  return days_[day][static_cast<std::size_t>(quarter - day * quarters_per_day)];
}

void QuarterRollup::add_to(SalesFigures& sum, std::int64_t begin, std::int64_t end) const {
  const auto first = quarter_of(begin), last = quarter_of(end - 1);
  for (auto day = days_.lower_bound(day_of_quarter(first)); day != days_.end(); ++day) {
    const auto start = day->first * quarters_per_day;
    if (start > last) return;
    const auto from = std::max(first - start, std::int64_t{0});
    const auto to = std::min(last - start, quarters_per_day - 1);
    for (auto quarter = from; quarter <= to; ++quarter)
      sum.add_flows(day->second[static_cast<std::size_t>(quarter)]);
  }
}

void DayBuyers::add(std::int64_t ms, std::uint32_t customer) {
  if (ms < latest_.begin || ms >= latest_.end) {
    const auto date = day_of(from_unix_ms(ms), days_);
    latest_.begin = to_unix_ms(days_.start_of(date));
    latest_.end = to_unix_ms(days_.start_of(add_days(date, 1)));
    latest_.buyers = &by_start_[latest_.begin];
  }
  latest_.buyers->add(customer);
}

bool DayBuyers::begins_a_day(std::int64_t ms) const {
  const auto time = from_unix_ms(ms);
  return days_.start_of(day_of(time, days_)) == time;
}

void DayBuyers::add_to(Buyers& sum, std::int64_t begin, std::int64_t end) const {
  for (auto day = by_start_.lower_bound(begin); day != by_start_.end() && day->first < end; ++day)
    sum.add(day->second);
}

}  // namespace cloudcart::analytics
