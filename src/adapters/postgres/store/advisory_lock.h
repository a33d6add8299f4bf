#pragma once

#include <string_view>

#include "adapters/postgres/store/query.h"

namespace cloudcart::postgres {

/// Waits until no other transaction of the schema has the lock of this name, and keeps it until the end of the
/// transaction. For what no row stands for yet.
Query have_alone(std::string_view name);

}  // namespace cloudcart::postgres
