#pragma once

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"
#include "analytics/domain/cube.h"
#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// What is asked about single orders, and about all of them together.

/// Newest first, by time, then id.
Task<Result<std::vector<OrderSummary>>> ask_recent_orders(clickhouse::Store& store, std::size_t limit,
                                                          Snapshot snapshot, TenantId tenant,
                                                          Deadline deadline);

/// As AnalyticsStore::placed_after().
Task<Result<std::vector<PlacedOrder>>> ask_placed_after(clickhouse::Store& store, std::int64_t after,
                                                        Snapshot snapshot, TenantId tenant,
                                                        Deadline deadline);

/// From the events, and not from the flows that questions are answered with. Without the dead letters.
Task<Result<Totals>> ask_totals(clickhouse::Store& store, Snapshot snapshot, TenantId tenant,
                                Deadline deadline);

Task<Result<std::optional<Extent>>> ask_extent(clickhouse::Store& store, Snapshot snapshot, TenantId tenant,
                                               Deadline deadline);

}  // namespace cloudcart::analytics
