#include "analytics/http/period_query.h"

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

/// Words of a language of machines: compared exactly, as parameters are.
constexpr TextRule word_rule{.max = 64, .trimmed = false};

std::optional<Date> date_in(http::QueryReader& query, std::string_view name) {
  return query.date(name);
}

std::optional<Date> date_in(FieldReader& fields, std::string_view name) {
  const auto text = fields.optional_text(name, word_rule);
  if (!text) return std::nullopt;
  auto date = read_date(*text);
  if (date) return *date;
  fields.add_error(name, std::move(date.error()));
  return std::nullopt;
}

std::optional<std::int64_t> days_in(http::QueryReader& query, int max_days) {
  if (!query.has("days")) return std::nullopt;
  return query.integer("days", 1, 1, max_days);
}

std::optional<std::int64_t> days_in(FieldReader& fields, int max_days) {
  return fields.optional_integer("days", 1, max_days);
}

std::optional<TimeZone> zone_in(http::QueryReader& query) {
  return query.time_zone("tz");
}

std::optional<TimeZone> zone_in(FieldReader& fields) {
  return read_time_zone(fields, "tz");
}

std::optional<std::string> word_in(http::QueryReader& query, std::string_view name) {
  return query.text(name, word_rule);
}

std::optional<std::string> word_in(FieldReader& fields, std::string_view name) {
  return fields.optional_text(name, word_rule);
}

template <class Reader>
std::optional<DateRange> read_dates(Reader& reader) {
  const auto from = date_in(reader, "from");
  const auto to = date_in(reader, "to");
  const bool has_from = reader.has("from"), has_to = reader.has("to");
  if (has_from != has_to)
    reader.add_error(has_from ? "to" : "from", "must be given together with the other end of the period");
  if (!from || !to) return std::nullopt;
  if (*from > *to) {
    reader.add_error("from", "must not be after to");
    return std::nullopt;
  }
  const DateRange dates{*from, *to};
  if (dates.days() > max_period_days)
    reader.add_error("to", fmt::format("must make a period of at most {} days", max_period_days));
  return dates;
}

template <class Reader>
PeriodRequest read_from(Reader& reader, int max_days) {
  PeriodRequest period;
  period.dates = read_dates(reader);
  period.zone = zone_in(reader);
  if (const auto days = days_in(reader, max_days)) period.days = static_cast<int>(*days);
  if (reader.has("days") && (reader.has("from") || reader.has("to")))
    reader.add_error("days", "cannot be combined with from and to");
  return period;
}

template <class Reader>
PeriodRequest read_compared_from(Reader& reader, int max_days) {
  auto period = read_from(reader, max_days);
  if (const auto name = word_in(reader, "compare")) {
    period.comparison = parse_comparison(*name);
    if (!period.comparison) reader.add_error("compare", "must be one of " + names_of(all_comparisons()));
  }
  return period;
}

}  // namespace

PeriodRequest read_period(http::QueryReader& query) {
  return read_from(query, max_latest_days);
}

PeriodRequest read_compared_period(http::QueryReader& query) {
  return read_compared_from(query, max_latest_days);
}

PeriodRequest read_compared_period(FieldReader& fields, int max_days) {
  return read_compared_from(fields, max_days);
}

std::optional<TimeZone> read_time_zone(FieldReader& fields, std::string_view name) {
  const auto text = fields.optional_text(name, word_rule);
  if (!text) return std::nullopt;
  auto zone = TimeZone::load(*text);
  if (!zone) fields.add_error(name, "must be the IANA name of a time zone, like Europe/London");
  return zone;
}

}  // namespace cloudcart::analytics
