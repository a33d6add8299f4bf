#include "analytics/http/query_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "analytics/domain/selection_json.h"
#include "analytics/http/period_query.h"
#include "core/json_reader.h"
#include "http/query_reader.h"

namespace cloudcart::analytics {
namespace {

constexpr TextRule name_rule{.max = 64};

/// Reads an array of names, each once.
template <class Parse>
auto read_names(FieldReader& fields, std::string_view field, std::size_t min, std::size_t max, Parse parse,
                const std::string& known) {
  std::vector<typename decltype(parse(""))::value_type> values;
  const auto* array = min > 0 || fields.has(field) ? fields.array(field, min, max) : nullptr;
  if (!array) return values;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto& element = (*array)[i];
    const auto value = element.is_string() ? parse(std::string_view{element.get_string()}) : std::nullopt;
    const auto place = fmt::format("{}[{}]", field, i);
    if (!value) {
      fields.add_error(place, "must be one of " + known);
    } else if (std::ranges::find(values, *value) != values.end()) {
      fields.add_error(place, "is there twice");
    } else {
      values.push_back(*value);
    }
  }
  return values;
}

void read_days(FieldReader& fields, Query& query) {
  query.period = read_compared_period(fields, max_period_days);
  query.all_time = fields.optional_boolean("all_time").value_or(false);
  if (query.all_time && (fields.has("from") || fields.has("to") || fields.has("days")))
    fields.add_error("all_time", "cannot be combined with from and to, or days: ask for one period");
  // What `tz` was called in this body at first.
  if (!fields.has("time_zone")) return;
  query.period.zone = read_time_zone(fields, "time_zone");
  if (fields.has("tz")) fields.add_error("time_zone", "is another name of tz: give one of them");
}

std::optional<std::uint32_t> read_cycle_group(Dimension dimension, const boost::json::value& value) {
  if (dimension == Dimension::weekday) {
    if (!value.is_string()) return std::nullopt;
    const auto* const found = std::ranges::find(weekday_names, std::string_view{value.get_string()});
    if (found == weekday_names.end()) return std::nullopt;
    return static_cast<std::uint32_t>(found - weekday_names.begin());
  }
  std::int64_t hour = -1;
  if (value.is_int64()) hour = value.get_int64();
  if (hour < 0 || hour > 23) return std::nullopt;
  return static_cast<std::uint32_t>(hour);
}

void read_filter(const boost::json::value& value, std::size_t place, FieldReader& outer, Query& query) {
  std::vector<FieldError> errors;
  FieldReader fields(value, fmt::format("filters[{}].", place), errors);
  const auto dimension = parse_dimension(fields.text("dimension", name_rule));
  if (!dimension || is_time(*dimension))
    fields.add_error("dimension", "must be one of weekday, hour_of_day, product, category, customer, status");
  const bool exclude = fields.optional_boolean("exclude").value_or(false);
  const auto* values = fields.array("values", 1, max_filter_values);
  if (dimension &&
      std::ranges::find(query.cycles, *dimension, &CycleSelection::dimension) != query.cycles.end())
    fields.add_error("dimension", "must not come twice");
  if (dimension && !is_time(*dimension) && values) {
    Selection selection{*dimension, {}, exclude};
    CycleSelection cycle{*dimension, {}, exclude};
    for (std::size_t i = 0; i < values->size(); ++i) {
      std::optional<Member> member;
      if (!is_of_time(*dimension)) member = read_member(*dimension, (*values)[i]);
      const auto group = is_of_time(*dimension) ? read_cycle_group(*dimension, (*values)[i]) : std::nullopt;
      if (!member && !group)
        fields.add_error(fmt::format("values[{}]", i),
                         fmt::format("must be a value of {}: {}", definition_of(*dimension).name,
                                     definition_of(*dimension).values));
      if (member) selection.members.push_back(*std::move(member));
      if (group) cycle.groups.push_back(*group);
    }
    is_of_time(*dimension) ? query.cycles.push_back(std::move(cycle))
                           : query.selections.push_back(std::move(selection));
  }
  for (auto& error : errors) outer.add_error(error.field, std::move(error.message));
}

void read_sort(FieldReader& fields, Query& query) {
  const auto name = fields.optional_text("order_by", name_rule);
  const auto descending = fields.optional_boolean("descending");
  if (!name) {
    if (descending) fields.add_error("descending", "says nothing without order_by");
    return;
  }
  if (const auto metric = parse_metric(*name);
      metric && std::ranges::find(query.metrics, *metric) != query.metrics.end()) {
    query.sort = SortTerm{*metric, descending.value_or(true)};
    return;
  }
  const auto dimension = parse_dimension(*name);
  const auto found = dimension ? std::ranges::find(query.dimensions, *dimension) : query.dimensions.end();
  if (found == query.dimensions.end()) {
    fields.add_error("order_by", "must be one of the metrics or dimensions of this query");
    return;
  }
  query.sort =
      SortTerm{static_cast<std::size_t>(found - query.dimensions.begin()), descending.value_or(false)};
}

}  // namespace

Result<Query> read_query(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  Query query;
  query.metrics = read_names(fields, "metrics", 1, max_query_metrics, parse_metric, names_of(all_metrics()));
  query.dimensions =
      read_names(fields, "dimensions", 0, max_query_dimensions, parse_dimension, names_of(all_dimensions()));
  read_days(fields, query);
  if (fields.has("filters"))
    if (const auto* filters = fields.array("filters", 0, 16))
      for (std::size_t i = 0; i < filters->size(); ++i) read_filter((*filters)[i], i, fields, query);
  read_sort(fields, query);
  query.limit = static_cast<std::size_t>(
      fields.optional_integer("limit", 1, max_query_rows).value_or(default_query_rows));
  CLOUDCART_CHECK(fields.finish());
  return query;
}

}  // namespace cloudcart::analytics
