#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analytics/domain/cube.h"
#include "analytics/domain/period.h"
#include "analytics/domain/table.h"

namespace cloudcart::analytics {

constexpr std::size_t max_query_metrics = 12;
constexpr std::size_t max_query_dimensions = 3;
constexpr std::size_t max_filter_values = 1'000;
constexpr std::size_t max_query_rows = 10'000;
constexpr std::size_t default_query_rows = 1'000;
/// Stretches and cycles of time that one query makes together.
constexpr std::int64_t max_time_groups = 100'000;

/// Groups of the other days that are held against the rows shown; more are refused.
constexpr std::size_t max_compared_groups = 200'000;

/// Only some days of the week, or hours of the day.
struct CycleSelection {
  Dimension dimension;
  std::vector<std::uint32_t> groups;
  bool exclude = false;
};

/// A question in the words of the layer: metrics, told apart by dimensions.
struct Query {
  std::vector<Metric> metrics;
  std::vector<Dimension> dimensions;
  PeriodRequest period;  ///< with a comparison where other days are to stand beside
  bool all_time = false;
  std::vector<Selection> selections;
  std::vector<CycleSelection> cycles;
  std::optional<SortTerm>
      sort;  ///< an axis is the place of a dimension; without: time runs, else the first metric falls
  std::size_t limit = default_query_rows;
};

/// A query about certain days, as it is put to the cube.
struct QueryPlan {
  DateRange dates;
  CubeQuery cube;
  std::vector<std::vector<TimeGroup>> groups;  ///< of each dimension of time; empty for others
  /// Every group of the time axes is wanted, also those in which nothing happened.
  bool is_filled = false;
};

/// Fails with validation_failed where `dates` make more groups of time than max_time_groups.
Result<QueryPlan> plan_query(const Query& query, DateRange dates, const TimeZone& zone);

/// What is put to the cube about the days compared with.
struct ComparisonPlan {
  CubeQuery rows;   ///< of the members that are shown
  CubeQuery total;  ///< of all there are, shown or not
  /// Of each axis that is_time, by group: the group compared with. Empty for other axes.
  std::vector<std::vector<std::optional<std::uint32_t>>> counterparts;
};
/// For what `plan` asks; `rows` is what was answered. A day is compared with its day of the period before, an hour with the
/// one that the clock showed so on that day, a week or a month with the one of the same place.
Result<ComparisonPlan> plan_comparison(const Query& query, const QueryPlan& plan, const TimeZone& zone,
                                       const std::vector<CubeRow>& rows);
/// Puts in the groups that were left out, sorts, and cuts to the query's limit.
void complete_rows(CubeAnswer& answer, const Query& query, const QueryPlan& plan);

/// What a query answers.
struct QueryResult {
  Table rows;
  Table total;                ///< one row: the same figures over everything
  std::size_t row_count = 0;  ///< before the limit
};
/// The answers to a ComparisonPlan.
struct Compared {
  const ComparisonPlan& plan;
  const CubeAnswer& rows;
  const SalesFigures& total;
};
/// A stretch of time that ends after `now` is marked as incomplete.
QueryResult tabulate(const Query& query, const QueryPlan& plan, const CubeAnswer& answer,
                     const Compared* compared, Timestamp now);

}  // namespace cloudcart::analytics
