#pragma once

#include <map>
#include <set>

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// As SalesCube's functions of these names.
Task<Result<std::optional<Companions>>> ask_companions(clickhouse::Store& store, ProductId product,
                                                       TimeRange range, std::size_t limit, Snapshot snapshot,
                                                       TenantId tenant, Deadline deadline);
Task<Result<std::vector<Cohort>>> ask_cohorts(clickhouse::Store& store, TimeAxis months, Snapshot snapshot,
                                              TenantId tenant, Deadline deadline);
Task<Result<std::vector<CustomerProfile>>> ask_customers(clickhouse::Store& store, Snapshot snapshot,
                                                         TenantId tenant, Deadline deadline);

/// As of the newest event that holds each; a name may be of an event beyond the snapshot's position.
Task<Result<std::map<ProductId, std::string>>> ask_names(clickhouse::Store& store,
                                                         std::set<ProductId> products,
                                                         std::uint64_t generation, TenantId tenant,
                                                         Deadline deadline);

}  // namespace cloudcart::analytics
