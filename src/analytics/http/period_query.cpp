#include "analytics/http/period_query.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

bool is_given(const http::Request& request, std::string_view name) {
  return std::ranges::any_of(request.query,
                             [name](const auto& parameter) { return parameter.first == name; });
}

std::optional<Date> read_date(http::QueryReader& query, std::string_view name) {
  const auto date = query.date(name);
  if (!date || is_reckonable(*date)) return date;
  query.add_error(name, "must be from 1970-01-01 to 2199-12-31");
  return std::nullopt;
}

std::optional<DateRange> read_dates(const http::Request& request, http::QueryReader& query) {
  const auto from = read_date(query, "from");
  const auto to = read_date(query, "to");
  const bool has_from = is_given(request, "from"), has_to = is_given(request, "to");
  if (has_from != has_to)
    query.add_error(has_from ? "to" : "from", "must be given together with the other end of the period");
  if (!from || !to) return std::nullopt;
  if (*from > *to) {
    query.add_error("from", "must not be after to");
    return std::nullopt;
  }
  const DateRange dates{*from, *to};
  if (dates.days() > max_period_days)
    query.add_error("to", fmt::format("must make a period of at most {} days", max_period_days));
  return dates;
}

}  // namespace

PeriodRequest read_period(const http::Request& request, http::QueryReader& query, DaysParameter days) {
  PeriodRequest period{
      .dates = read_dates(request, query), .days = std::nullopt, .zone = query.time_zone("tz")};
  if (days == DaysParameter::none || !is_given(request, "days")) return period;
  period.days = static_cast<int>(query.integer("days", 1, 1, 365));
  if (is_given(request, "from") || is_given(request, "to"))
    query.add_error("days", "cannot be combined with from and to");
  return period;
}

}  // namespace cloudcart::analytics
