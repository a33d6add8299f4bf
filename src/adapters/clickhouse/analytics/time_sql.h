#pragma once

#include <string>
#include <vector>

#include "analytics/domain/time_axis.h"

namespace cloudcart::analytics {

/// The group of the axis that the column `at` belongs to, for moments that the axis covers: an Int64.
std::string group_of_time(const TimeAxis& axis);

/// Whether the column `at` is in one of the ranges, which are ascending and disjoint.
std::string in_moments(const std::vector<TimeRange>& moments);

/// Whether the ranges leave out no moment that an event may carry.
bool are_all_moments(const std::vector<TimeRange>& moments);

}  // namespace cloudcart::analytics
