#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "promotion/ports/shop_rows.h"

namespace cloudcart::promotion {

/// `done` of `total` rows, of which those of `table` are on their way.
using ShowProgress = std::function<void(std::string_view table, std::int64_t done, std::int64_t total)>;

/// Of all tables: the total of who goes through all of them.
Task<Result<std::int64_t>> count_rows(ShopRows& shop, Deadline deadline);

/// So many rows travel together: few enough for the memory of both sides, many enough that a commit for each is cheap.
constexpr std::size_t rows_at_once = 10'000;

}  // namespace cloudcart::promotion
