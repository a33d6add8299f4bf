#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/columns/order_change.h"

namespace cloudcart::analytics {

/// A few bytes a line: items, which must ascend, as differences, then quantity and amount, all as variable-length
/// integers (LEB128; signed ones zigzag, as in Protocol Buffers).
std::string pack(const std::vector<ItemLine>& lines);

/// What pack() wrote. Throws std::runtime_error for anything else: the file is damaged.
std::vector<ItemLine> unpack(std::string_view packed);

}  // namespace cloudcart::analytics
