#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analytics/domain/period.h"
#include "core/json_reader.h"
#include "http/query_reader.h"

namespace cloudcart::analytics {

/// Names of definitions with commas between them, for a message.
template <class Definitions>
std::string names_of(const Definitions& definitions) {
  std::string names;
  for (const auto& definition : definitions) names.append(names.empty() ? "" : ", ").append(definition.name);
  return names;
}

/// The most that `days` may be where nothing else is said.
constexpr int max_latest_days = 365;

/// Reads `from`, `to`, `tz`, and `days`, which may not stand beside the first two. Violations are noted in the reader.
PeriodRequest read_period(http::QueryReader& query);

/// `compare` as well, for answers that set the figures beside those of other days; from parameters or from the fields of a
/// JSON object, by the same rules.
PeriodRequest read_compared_period(http::QueryReader& query);
PeriodRequest read_compared_period(FieldReader& fields, int max_days);

/// The name of a time zone in the field `name`; nullopt, with the violation noted, when there is none of that name.
std::optional<TimeZone> read_time_zone(FieldReader& fields, std::string_view name);

}  // namespace cloudcart::analytics
