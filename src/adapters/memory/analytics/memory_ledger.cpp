#include "adapters/memory/analytics/memory_ledger.h"

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {

Task<Result<Totals>> MemoryLedger::totals(TenantId tenant, Deadline) {
  Totals totals;
  for (const auto& [position, event] : records_) {
    totals.position = position;
    const auto flow = flow_of(event);
    if (event.tenant != tenant || flow == SalesFigures{}) continue;
    totals.all.add_flows(flow);
    totals.by_utc_day[floor<std::chrono::days>(event.timestamp)].add_flows(
        {.gross = flow.gross, .cancelled = flow.cancelled});
  }
  co_return totals;
}

}  // namespace cloudcart::analytics
