#pragma once

#include "adapters/sqlite/store/connection.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// The number of the newest change that this connection's transaction sees.
ChangeNumber newest_change(sqlite::Connection& connection);
/// Counts a change that this transaction makes.
ChangeNumber count_change(sqlite::Connection& connection);

}  // namespace cloudcart::product
