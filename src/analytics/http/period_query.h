#pragma once

#include "analytics/domain/period.h"
#include "http/query_reader.h"

namespace cloudcart::analytics {

enum class DaysParameter : std::uint8_t { none, up_to_365 };

/// Reads `from`, `to` and `tz`, and `days` where the route has it. Violations are noted in `query`.
PeriodRequest read_period(const http::Request& request, http::QueryReader& query, DaysParameter days);

}  // namespace cloudcart::analytics
