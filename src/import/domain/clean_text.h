#pragma once

#include <string>
#include <string_view>

namespace cloudcart::history {

/// UTF-8 text fit to show: control characters and runs of white space become one space, none at the ends, at
/// most `max_code_points`. Bytes that are no UTF-8 are left out.
std::string clean_text(std::string_view text, std::size_t max_code_points);

}  // namespace cloudcart::history
