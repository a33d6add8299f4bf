#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "analytics/domain/cube.h"
#include "core/json_writer.h"
#include "core/result.h"

namespace cloudcart::analytics {

/// Selections as JSON, as they come in requests and are stored:
/// [{"dimension":"category","values":["Kitchen"],"exclude":false},…]. A customer that is not known is null.

constexpr std::size_t max_selections = 4;  ///< one of each dimension that is no time
constexpr std::size_t max_selected = 100;

/// A value of a dimension that is no time; nullopt when it is none.
std::optional<Member> read_member(Dimension dimension, const boost::json::value& value);

void write_selections(JsonWriter& json, std::string_view name, const std::vector<Selection>& selections);

/// The selections of `array`; each violation goes to `errors`, with `name` before its place.
std::vector<Selection> read_selections(const boost::json::array& array, std::string_view name,
                                       std::vector<FieldError>& errors);

}  // namespace cloudcart::analytics
