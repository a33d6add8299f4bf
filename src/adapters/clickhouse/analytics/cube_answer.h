#pragma once

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// Asks one query of a snapshot. Products have no names yet. Errors: validation_failed for more than max_groups groups.
Task<Result<CubeAnswer>> ask_cube(clickhouse::Store& store, CubeQuery query, Snapshot snapshot,
                                  TenantId tenant, Deadline deadline);

}  // namespace cloudcart::analytics
