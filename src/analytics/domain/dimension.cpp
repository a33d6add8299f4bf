#include "analytics/domain/dimension.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

constexpr std::array<DimensionDefinition, 10> definitions{{
    {Dimension::hour, "hour", "Hour", DimensionKind::time,
     "Each hour of each day, by the clock of the time zone; an hour that a clock change repeats is there "
     "twice.",
     "when it begins, with the offset from UTC: 2026-03-29T03:00:00+01:00"},
    {Dimension::day, "day", "Day", DimensionKind::time,
     "Calendar days of the time zone: of 23 or 25 hours where clocks change.", "2026-03-29"},
    {Dimension::week, "week", "Week", DimensionKind::time,
     "Weeks from Monday on, as in ISO 8601; the first and the last one end where the period does.",
     "the date of its Monday: 2026-03-23"},
    {Dimension::month, "month", "Month", DimensionKind::time,
     "Calendar months; the first and the last one end where the period does.", "2026-03"},
    {Dimension::weekday, "weekday", "Day of the week", DimensionKind::cycle,
     "All Mondays of the period together, all Tuesdays, and so on.", "monday … sunday"},
    {Dimension::hour_of_day, "hour_of_day", "Hour of the day", DimensionKind::cycle,
     "The hour that the clock shows, over all days of the period.", "0 … 23"},
    {Dimension::product, "product", "Product", DimensionKind::entity,
     "What was sold. Amounts and units are those of its lines; an order counts for each product that it "
     "holds.",
     "the product's id"},
    {Dimension::category, "category", "Category", DimensionKind::entity,
     "The product's category when it was sold. An order counts once for each category that it holds.",
     "the category's name"},
    {Dimension::customer, "customer", "Customer", DimensionKind::entity,
     "Who placed the order; null where nobody is known.", "the customer's id"},
    {Dimension::status, "status", "Status", DimensionKind::entity,
     "Where the order stands now, whenever it was placed.", "pending … cancelled"},
}};

}  // namespace

const std::array<DimensionDefinition, 10>& all_dimensions() {
  return definitions;
}

const DimensionDefinition& definition_of(Dimension dimension) {
  return definitions[static_cast<std::size_t>(dimension)];
}

std::optional<Dimension> parse_dimension(std::string_view name) {
  const auto* const found = std::ranges::find(definitions, name, &DimensionDefinition::name);
  if (found == definitions.end()) return std::nullopt;
  return found->dimension;
}

}  // namespace cloudcart::analytics
