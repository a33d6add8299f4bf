#pragma once

#include "adapters/clickhouse/store/store.h"

namespace cloudcart::clickhouse {

/// Applies what has not been applied. There are no locks on the server: every statement of a migration must be one that
/// several instances may run at the same time and again. Throws as migrations::outstanding() does, for the `place`; errors: as of
/// Store.
Task<Status> migrate(Store& store, std::span<const Migration> known, std::string place, Deadline deadline);

}  // namespace cloudcart::clickhouse
