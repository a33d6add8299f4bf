#include "analytics/domain/query.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "core/overloaded.h"

namespace cloudcart::analytics {
namespace {

bool uses(const Query& query, Source source) {
  return std::ranges::any_of(query.metrics,
                             [&](Metric metric) { return definition_of(metric).source == source; }) ||
         (query.sort && std::holds_alternative<Metric>(query.sort->by) &&
          definition_of(std::get<Metric>(query.sort->by)).source == source);
}

/// Alone, a dimension of time shows each of its groups; so do cycles together.
bool is_filled(const std::vector<Dimension>& dimensions) {
  if (dimensions.size() == 1) return is_of_time(dimensions[0]);
  return !dimensions.empty() && std::ranges::all_of(dimensions, [](Dimension dimension) {
    return definition_of(dimension).kind == DimensionKind::cycle;
  });
}

std::vector<SortTerm> sort_terms(const Query& query) {
  if (query.sort) return {*query.sort};
  if (std::ranges::any_of(query.dimensions, is_of_time)) return {};  // in order of members: time runs
  return {{query.metrics.front(), true}};
}

/// How many stretches a dimension or filter of time is made of.
std::int64_t stretches_in(Dimension dimension, DateRange dates) {
  return time_axis_size(dimension == Dimension::hour_of_day ? Dimension::hour
                        : dimension == Dimension::weekday   ? Dimension::day
                                                            : dimension,
                        dates);
}

/// Refuses what would make too many groups of time, or stretches to make them of.
Status check_time_groups(const Query& query, DateRange dates) {
  std::int64_t groups = 1, stretches = 0;
  for (const auto dimension : query.dimensions) {
    if (!is_of_time(dimension)) continue;
    groups *= time_axis_size(dimension, dates);
    stretches = std::max(stretches, stretches_in(dimension, dates));
  }
  for (const auto& cycle : query.cycles)
    stretches = std::max(stretches, stretches_in(cycle.dimension, dates));
  const auto most = std::max(groups, stretches);
  if (most <= max_time_groups) return {};
  return fail(Error::validation(
      {{"dimensions", fmt::format("make {} stretches of time in this period; at most {} are "
                                  "answered: ask for fewer days or longer stretches",
                                  most, max_time_groups)}}));
}

std::vector<TimeRange> moments_of(const Query& query, DateRange dates, const TimeZone& zone) {
  std::vector<TimeRange> moments{{zone.start_of(dates.from), zone.start_of(add_days(dates.to, 1))}};
  for (const auto& cycle : query.cycles)
    moments = intersection(
        moments, stretches_of(time_axis(cycle.dimension, dates, zone).axis, cycle.groups, cycle.exclude));
  return moments;
}

void add_empty_groups(std::vector<CubeRow>& rows, const CubeQuery& cube) {
  std::set<std::vector<Member>> known;
  for (const auto& row : rows) known.insert(row.members);
  std::vector<std::vector<Member>> all{{}};
  for (const auto& axis : cube.axes) {
    std::vector<std::vector<Member>> longer;
    for (const auto& members : all) {
      for (std::uint32_t group = 0; group < axis.time.size; ++group) {
        longer.push_back(members);
        longer.back().emplace_back(group);
      }
    }
    all = std::move(longer);
  }
  for (auto& members : all)
    if (!known.contains(members)) rows.push_back({members, std::vector<std::string>(members.size()), {}, {}});
}

std::string unit_of(Metric metric) {
  return std::string{to_string(definition_of(metric).unit)};
}

std::vector<Column> metric_columns(const Query& query, bool compares) {
  std::vector<Column> columns;
  for (const auto metric : query.metrics) {
    const std::string name{definition_of(metric).name};
    columns.push_back({name, "metric", unit_of(metric)});
    if (!compares) continue;
    columns.push_back({"compared_" + name, "compared", unit_of(metric)});
    columns.push_back({"change_" + name, "change", "percent"});
  }
  return columns;
}

/// In tenths of a percent; empty where there is nothing to compare with.
Cell change_cell(const std::optional<Number>& now, const std::optional<Number>& before) {
  if (!now || !before) return {};
  const auto change = change_in_permille(now->scaled, before->scaled);
  return change ? Cell{Number{*change, 1}} : Cell{};
}

void add_figures(std::vector<Cell>& cells, const Query& query, const SalesFigures& figures, bool compares,
                 const SalesFigures* before) {
  for (const auto metric : query.metrics) {
    const auto now = value_of(metric, figures);
    cells.push_back(cell(now));
    if (!compares) continue;
    const auto compared = before ? value_of(metric, *before) : std::nullopt;
    cells.push_back(cell(compared));
    cells.push_back(change_cell(now, compared));
  }
}

Cell member_cell(Dimension dimension, const Member& member, const std::vector<TimeGroup>& groups) {
  return std::visit(
      Overloaded{[&](std::uint32_t group) -> Cell {
                   if (dimension == Dimension::hour_of_day) return cell(std::int64_t{group});
                   return groups[group].label;
                 },
                 [](ProductId product) -> Cell { return product.to_string(); },
                 [](const std::string& category) -> Cell { return category; },
                 [](NoCustomer) -> Cell { return {}; }, [](UserId user) -> Cell { return user.to_string(); },
                 [](OrderStatus status) -> Cell { return std::string{to_string(status)}; }},
      member);
}

bool has_stretches(const Query& query) {
  return std::ranges::any_of(query.dimensions, is_time);
}

std::vector<Column> columns_of(const Query& query, bool compares) {
  std::vector<Column> columns;
  for (const auto dimension : query.dimensions) {
    const std::string name{definition_of(dimension).name};
    columns.push_back({name, "dimension", ""});
    if (dimension == Dimension::product) columns.push_back({"product_name", "label", ""});
  }
  std::ranges::move(metric_columns(query, compares), std::back_inserter(columns));
  if (has_stretches(query)) columns.push_back({"incomplete", "flag", ""});
  return columns;
}

using Counterparts = std::vector<std::optional<std::uint32_t>>;

constexpr std::size_t date_length = std::string_view{"2026-03-29"}.size();
constexpr std::size_t hour_length = std::string_view{"2026-03-29T03"}.size();

/// The day, or the hour that the clock showed on it, without the offset: an hour that was repeated has two.
std::string_view shown_by(const TimeGroup& group) {
  return std::string_view{group.label}.substr(0, hour_length);
}

/// Of days and hours by what calendar and clock showed: a leap day or a change of the clocks in one of the periods must not
/// shift all that comes after it.
Counterparts by_clock(Comparison comparison, DateRange dates, const std::vector<TimeGroup>& groups,
                      const std::vector<TimeGroup>& before) {
  std::unordered_map<std::string_view, std::vector<std::uint32_t>> known;
  for (std::uint32_t group = 0; group < before.size(); ++group)
    known[shown_by(before[group])].push_back(group);
  Counterparts counterparts;
  std::size_t repeated = 0;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto shown = shown_by(groups[group]);
    repeated = group > 0 && shown_by(groups[group - 1]) == shown ? repeated + 1 : 0;
    const auto date = compared_date(comparison, dates, parse_date(shown.substr(0, date_length)).value());
    const auto key = to_date_string(date).append(shown.substr(date_length));
    const auto found = known.find(key);
    counterparts.push_back(found == known.end()
                               ? std::nullopt
                               : std::optional{found->second[std::min(repeated, found->second.size() - 1)]});
  }
  return counterparts;
}

Counterparts counterparts_of(Dimension dimension, Comparison comparison, const QueryPlan& plan,
                             const std::vector<TimeGroup>& groups, const std::vector<TimeGroup>& before) {
  if (dimension == Dimension::day || dimension == Dimension::hour)
    return by_clock(comparison, plan.dates, groups, before);
  Counterparts counterparts;
  for (std::uint32_t group = 0; group < groups.size(); ++group)
    counterparts.push_back(group < before.size() ? std::optional{group} : std::nullopt);
  return counterparts;
}

/// What a row is compared with; nothing happened there when it is not among the rows.
std::optional<std::vector<Member>> counterpart_of(const ComparisonPlan& plan, std::vector<Member> members) {
  for (std::size_t axis = 0; axis < members.size(); ++axis) {
    if (plan.counterparts[axis].empty()) continue;
    const auto counterpart = plan.counterparts[axis][std::get<std::uint32_t>(members[axis])];
    if (!counterpart) return std::nullopt;
    members[axis] = *counterpart;
  }
  return members;
}

/// Whether the shortest stretch that the row is about has not ended yet.
bool is_incomplete(const Query& query, const QueryPlan& plan, const CubeRow& row, Timestamp now) {
  auto end = Timestamp::max();
  for (std::size_t axis = 0; axis < query.dimensions.size(); ++axis)
    if (is_time(query.dimensions[axis]))
      end = std::min(end, plan.groups[axis][std::get<std::uint32_t>(row.members[axis])].end);
  return end > now;
}

}  // namespace

Result<QueryPlan> plan_query(const Query& query, DateRange dates, const TimeZone& zone) {
  CLOUDCART_CHECK(check_time_groups(query, dates));
  QueryPlan plan{.dates = dates, .cube = {.moments = moments_of(query, dates, zone)}};
  for (const auto dimension : query.dimensions) {
    LabelledAxis made;
    if (is_of_time(dimension)) made = time_axis(dimension, dates, zone);
    plan.cube.axes.push_back({dimension, std::move(made.axis)});
    plan.groups.push_back(std::move(made.groups));
  }
  plan.cube.selections = query.selections;
  plan.cube.customers = uses(query, Source::customers);
  plan.cube.passages = uses(query, Source::passages);
  plan.cube.sort = sort_terms(query);
  plan.is_filled = is_filled(query.dimensions);
  if (!plan.is_filled) plan.cube.limit = query.limit;
  return plan;
}

Result<ComparisonPlan> plan_comparison(const Query& query, const QueryPlan& plan, const TimeZone& zone,
                                       const std::vector<CubeRow>& rows) {
  const auto comparison = query.period.comparison.value();
  CLOUDCART_TRY(auto before, plan_query(query, compared_dates(comparison, plan.dates), zone));
  ComparisonPlan made{.rows = before.cube, .total = std::move(before.cube), .counterparts = {}};
  made.total.axes.clear();
  made.total.sort.clear();
  made.rows.limit = max_compared_groups;
  made.rows.sort.clear();
  for (std::size_t axis = 0; axis < query.dimensions.size(); ++axis) {
    const auto dimension = query.dimensions[axis];
    made.counterparts.push_back(is_time(dimension) ? counterparts_of(dimension, comparison, plan,
                                                                     plan.groups[axis], before.groups[axis])
                                                   : Counterparts{});
    if (is_of_time(dimension)) continue;
    std::set<Member> members;
    for (const auto& row : rows) members.insert(row.members[axis]);
    made.rows.selections.push_back({dimension, {members.begin(), members.end()}, false});
  }
  return made;
}

void complete_rows(CubeAnswer& answer, const Query& query, const QueryPlan& plan) {
  if (query.dimensions.empty() && answer.rows.empty()) answer.rows.emplace_back();
  if (plan.is_filled) add_empty_groups(answer.rows, plan.cube);
  answer.groups = std::max(answer.groups, answer.rows.size());
  auto cut = plan.cube;
  cut.limit = query.limit;
  sort_and_cut(answer.rows, cut);
}

QueryResult tabulate(const Query& query, const QueryPlan& plan, const CubeAnswer& answer,
                     const Compared* compared, Timestamp now) {
  const bool compares = compared != nullptr;
  std::map<std::vector<Member>, const SalesFigures*> before;
  if (compares)
    for (const auto& row : compared->rows.rows) before[row.members] = &row.figures;
  QueryResult result{{columns_of(query, compares), {}}, {metric_columns(query, compares), {}}, answer.groups};
  const SalesFigures nothing;
  for (const auto& row : answer.rows) {
    std::vector<Cell> cells;
    for (std::size_t axis = 0; axis < row.members.size(); ++axis) {
      cells.push_back(member_cell(query.dimensions[axis], row.members[axis], plan.groups[axis]));
      if (query.dimensions[axis] == Dimension::product) cells.emplace_back(row.names[axis]);
    }
    const auto counterpart = compares ? counterpart_of(compared->plan, row.members) : std::nullopt;
    const auto known = counterpart ? before.find(*counterpart) : before.end();
    add_figures(cells, query, row.figures, compares, known == before.end() ? &nothing : known->second);
    if (has_stretches(query)) cells.emplace_back(is_incomplete(query, plan, row, now));
    result.rows.rows.push_back(std::move(cells));
  }
  auto& total = result.total.rows.emplace_back();
  add_figures(total, query, answer.total, compares, compares ? &compared->total : nullptr);
  return result;
}

}  // namespace cloudcart::analytics
