#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/domain/dimension.h"
#include "analytics/domain/metric.h"
#include "analytics/domain/report.h"
#include "analytics/domain/time_axis.h"
#include "core/result.h"

namespace cloudcart::analytics {

/// Something to tell figures apart by.
struct Axis {
  Dimension dimension;
  TimeAxis time;  ///< of a dimension that is_of_time; covers the moments asked for
};

/// Only figures of these members of a dimension that is no time; or, excluded, of all others.
struct Selection {
  Dimension dimension;
  std::vector<Member> members;
  bool exclude = false;
  bool operator==(const Selection&) const = default;
};

/// By what groups are sorted: a metric, or the member on an axis.
struct SortTerm {
  std::variant<Metric, std::size_t> by;
  bool descending = false;
};

/// The most groups that a store makes for one query; it refuses more.
constexpr std::size_t max_groups = 1'000'000;

/// All moments that there are.
constexpr TimeRange all_time{Timestamp::min(), Timestamp::max()};

/// What the layer of metrics asks a store: figures of some moments, in groups.
///
/// A figure belongs to the moment at which what it counts happened. With a product or a category on an axis or
/// in a selection, amounts and units are those of the lines that match, and an order counts for a group when
/// any of its lines does; otherwise they are the order's.
struct CubeQuery {
  std::vector<TimeRange> moments;  ///< ascending, disjoint
  std::vector<Axis> axes;
  std::vector<Selection> selections;
  bool customers = false;          ///< active, repeat and new customers are wanted; else they stay 0
  bool passages = false;           ///< what was shipped and delivered is wanted; else it stays 0
  bool only_placed = false;        ///< no groups in which no order was placed
  std::vector<SortTerm> sort;      ///< what ties after these terms is in order of members
  std::size_t limit = max_groups;  ///< groups at most; the first of the sorted
};

struct CubeRow {
  std::vector<Member> members;     ///< one for each axis
  std::vector<std::string> names;  ///< likewise: a product's name, else empty
  SalesFigures figures;
  std::optional<Timestamp> last_order_at;  ///< the latest order placed; only of groups by customer alone
  bool operator==(const CubeRow&) const = default;
};

struct CubeAnswer {
  std::vector<CubeRow> rows;  ///< groups in which something happened
  std::size_t groups = 0;     ///< before the limit
  SalesFigures total;         ///< of all moments and selections, groups beyond the limit included
  bool operator==(const CubeAnswer&) const = default;
};

/// Several questions about one and the same state.
struct CubeQuestions {
  std::vector<CubeQuery> queries;
  std::size_t recent_orders = 0;
};
struct CubeAnswers {
  Progress progress;
  std::vector<CubeAnswer> answers;          ///< in the order of the queries
  std::vector<OrderSummary> recent_orders;  ///< newest first, by time, then id
};

/// Sets to 0 what the query does not want.
void keep_wanted(SalesFigures& figures, const CubeQuery& query);

/// By which groups are sorted, ascending, for a term that is a metric: undefined comes last either way.
std::int64_t sort_key(Metric metric, const SalesFigures& figures, bool descending);

/// The refusal of a query that would make more than `max_groups`.
Error too_many_groups();

/// Cuts `rows` to the first `query.limit` of the sorted, and sorts them.
void sort_and_cut(std::vector<CubeRow>& rows, const CubeQuery& query);

/// One product beside another in the orders of a period.
struct Companion {
  ProductId product;
  std::string name;
  std::int64_t orders_together = 0;
  std::int64_t orders = 0;  ///< that hold the companion
  bool operator==(const Companion&) const = default;
};
/// Orders that hold a product, and what else they hold. Orders placed count, cancelled later or not.
struct Companions {
  std::string name;               ///< of the product
  std::int64_t all_orders = 0;    ///< of the period
  std::int64_t orders = 0;        ///< of these, with the product
  std::vector<Companion> others;  ///< by orders together, then id
  bool operator==(const Companions&) const = default;
};

/// Sorts the others and cuts them to the first `limit`.
void keep_closest(Companions& companions, std::size_t limit);

/// Customers by the month of their first order, and in which later months they placed orders.
struct Cohort {
  std::uint32_t month = 0;  ///< which of the months asked for
  std::int64_t customers = 0;
  std::vector<std::int64_t> active;  ///< customers with an order 0, 1, 2 … months later
  std::vector<std::int64_t> orders;  ///< placed by them, likewise
  std::vector<Money> gross;          ///< of these, likewise
  bool operator==(const Cohort&) const = default;
};

/// The most months that cohorts are counted over.
constexpr std::uint32_t max_cohort_months = 64;

/// One cohort for each month, of nobody. Throws std::logic_error for more than max_cohort_months.
std::vector<Cohort> empty_cohorts(const TimeAxis& months);

/// What is known of a customer over all time.
struct CustomerProfile {
  UserId user;
  std::int64_t orders = 0;  ///< placed
  Money net;
  Timestamp first_order_at;
  Timestamp last_order_at;
  bool operator==(const CustomerProfile&) const = default;
};

}  // namespace cloudcart::analytics
