#pragma once

#include <string_view>

#include "adapters/postgres/store/query.h"
#include "core/timestamp.h"

namespace cloudcart::postgres {

/// Removes the rows of `table` whose `column` is `until` at most, the smallest first, `limit` of them, and leaves alone
/// what another transaction has locked: it waits for nobody. `column` has an index, in whose order the rows are found,
/// which is what makes the planner use it: it cannot know that next to nothing has expired.
Query purge(std::string_view table, std::string_view column, Timestamp until, int limit);

}  // namespace cloudcart::postgres
