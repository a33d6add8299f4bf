#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/id.h"
#include "events/order_event.h"

namespace cloudcart::analytics {

/// What figures can be told apart by.
enum class Dimension : std::uint8_t {
  hour,
  day,
  week,
  month,
  weekday,
  hour_of_day,
  product,
  category,
  customer,
  status,
};

enum class DimensionKind : std::uint8_t {
  time,    ///< consecutive stretches of time; those in which nothing happened are there as zeros
  cycle,   ///< what comes again: the days of the week, the hours of the day
  entity,  ///< what is sold, who buys, where an order stands
};

struct DimensionDefinition {
  Dimension dimension;
  std::string_view name;  ///< in queries, and of the column
  std::string_view title;
  DimensionKind kind;
  std::string_view description;
  std::string_view values;  ///< how its values are written
};

/// In the order of the enumeration.
const std::array<DimensionDefinition, 10>& all_dimensions();
const DimensionDefinition& definition_of(Dimension dimension);
std::optional<Dimension> parse_dimension(std::string_view name);

inline bool is_time(Dimension dimension) {
  return definition_of(dimension).kind == DimensionKind::time;
}
/// Its values follow from the moment alone.
inline bool is_of_time(Dimension dimension) {
  return definition_of(dimension).kind != DimensionKind::entity;
}

/// Its values are told by the lines of an order, not by the order.
inline bool is_of_lines(Dimension dimension) {
  return dimension == Dimension::product || dimension == Dimension::category;
}

/// Monday first, as in ISO 8601.
constexpr std::array<std::string_view, 7> weekday_names{"monday", "tuesday",  "wednesday", "thursday",
                                                        "friday", "saturday", "sunday"};

/// The orders of which no customer is known.
struct NoCustomer {
  auto operator<=>(const NoCustomer&) const = default;
};

/// A value of a dimension: the place on its time axis, a product, a category's name, a customer, a status.
using Member = std::variant<std::uint32_t, ProductId, std::string, NoCustomer, UserId, OrderStatus>;

}  // namespace cloudcart::analytics
