#include "analytics/columns/alert_columns.h"

#include "analytics/domain/selection_json.h"
#include "core/json_reader.h"

namespace cloudcart::analytics {

ConditionColumns columns_of(const AlertCondition& condition) {
  if (const auto* threshold = std::get_if<Threshold>(&condition))
    return {static_cast<int>(threshold->side), threshold->value, threshold->clear_at, {}, {}};
  const auto& change = std::get<SuddenChange>(condition);
  return {static_cast<int>(change.direction), change.percent, change.clear_percent,
          static_cast<std::int64_t>(change.baseline), change.minimum_baseline};
}

std::string selections_text(const std::vector<Selection>& selections) {
  JsonWriter json;
  json.begin_object();
  write_selections(json, "filters", selections);
  json.end_object();
  return std::move(json).str();
}

std::vector<Selection> parse_selections(std::string_view text) {
  std::vector<FieldError> errors;
  const auto value = parse_json(text).value();
  return read_selections(value.at("filters").as_array(), "filters", errors);
}

}  // namespace cloudcart::analytics
