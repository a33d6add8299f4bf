#include "core/time_zone.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

namespace cloudcart {

using namespace std::chrono;

struct TimeZone::Impl {
  cctz::time_zone zone;
};

namespace {

cctz::civil_second civil(const cctz::time_zone& zone, Timestamp time) {
  return cctz::convert(system_clock::time_point{time}, zone);
}

}  // namespace

TimeZone::TimeZone() : impl_(std::make_shared<Impl>(Impl{cctz::utc_time_zone()})), name_("UTC") {}

std::optional<TimeZone> TimeZone::load(std::string_view name) {
  // cctz would read any path and has names of its own for fixed offsets; only zone names are meant here.
  const bool plain = !name.empty() && name.size() <= 64 && name.front() != '/' && name.front() != '.' &&
                     name.find("..") == std::string_view::npos && name.find(':') == std::string_view::npos &&
                     !name.starts_with("Fixed/");
  if (!plain) return std::nullopt;
  TimeZone zone;
  auto impl = std::make_shared<Impl>();
  if (!cctz::load_time_zone(std::string{name}, &impl->zone)) return std::nullopt;
  zone.impl_ = std::move(impl);
  zone.name_ = name;
  return zone;
}

year_month_day TimeZone::date_of(Timestamp time) const {
  const auto local = civil(impl_->zone, time);
  return {year{static_cast<int>(local.year())}, month(static_cast<unsigned>(local.month())),
          day(static_cast<unsigned>(local.day()))};
}

int TimeZone::hour_of(Timestamp time) const {
  return civil(impl_->zone, time).hour();
}

milliseconds TimeZone::time_of_day(Timestamp time) const {
  const auto local = civil(impl_->zone, time);
  const auto below_second = time - floor<seconds>(time);
  return hours{local.hour()} + minutes{local.minute()} + seconds{local.second()} + below_second;
}

Timestamp TimeZone::at(year_month_day date, seconds since_midnight) const {
  const cctz::civil_second local =
      cctz::civil_second(int{date.year()}, static_cast<int>(unsigned{date.month()}),
                         static_cast<int>(unsigned{date.day()})) +
      since_midnight.count();
  const auto found = impl_->zone.lookup(local);
  return floor<milliseconds>(found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre);
}

Timestamp TimeZone::start_of(year_month_day date) const {
  return at(date, seconds{0});
}

year_month_day add_days(year_month_day date, int n) {
  return year_month_day{sys_days{date} + days{n}};
}

}  // namespace cloudcart
