#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analytics/domain/dimension.h"
#include "analytics/domain/period.h"

namespace cloudcart::analytics {

/// Consecutive stretches of time, each with the number of the group that its figures belong to: several of one
/// number in a cycle.
struct TimeAxis {
  std::vector<Timestamp> bounds;  ///< ascending; one more than `groups`
  std::vector<std::uint32_t> groups;
  std::uint32_t size = 0;  ///< all groups are below

  TimeRange range() const { return {bounds.front(), bounds.back()}; }
  bool operator==(const TimeAxis&) const = default;
};

/// A group of a time axis as it is shown.
struct TimeGroup {
  std::string label;  ///< as in DimensionDefinition::values
  Timestamp end;      ///< of a stretch of time; of a cycle the end of the axis
};

struct LabelledAxis {
  TimeAxis axis;
  std::vector<TimeGroup> groups;  ///< by number
};

/// The axis of a dimension that is_of_time, over whole days.
LabelledAxis time_axis(Dimension dimension, DateRange dates, const TimeZone& zone);

/// How many groups it would have, without making it.
std::int64_t time_axis_size(Dimension dimension, DateRange dates);

/// The stretches of `dates` whose group on the axis of a cycle is wanted (or, excluded, is not), joined where
/// they touch.
std::vector<TimeRange> stretches_of(const TimeAxis& axis, const std::vector<std::uint32_t>& groups,
                                    bool exclude);

/// What both have in common; each is ascending and disjoint.
std::vector<TimeRange> intersection(const std::vector<TimeRange>& a, const std::vector<TimeRange>& b);

/// All moments that are in none of the ranges, which are ascending and disjoint.
std::vector<TimeRange> complement_of(const std::vector<TimeRange>& ranges);

/// The axis of consecutive stretches between given bounds.
TimeAxis axis_between(std::vector<Timestamp> bounds);

}  // namespace cloudcart::analytics
