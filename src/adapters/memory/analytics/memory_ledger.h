#pragma once

#include <vector>

#include "analytics/ports/ledger.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// A ledger of what it is told by events. For one thread.
class MemoryLedger final : public Ledger {
 public:
  void append(events::LogRecord record) { records_.push_back(std::move(record)); }
  Task<Result<Totals>> totals(TenantId tenant, Deadline deadline) override;

 private:
  std::vector<events::LogRecord> records_;
};

}  // namespace cloudcart::analytics
