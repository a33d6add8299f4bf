#pragma once

#include <map>
#include <mutex>

#include "recommendation/ports/quality_ledger.h"

namespace cloudcart::recommendation {

/// In memory, for tests. Safe between threads.
class MemoryQualityLedger final : public QualityLedger {
 public:
  Task<Status> add(std::vector<QualityDay> days, Deadline deadline) override;
  Task<Result<std::vector<QualityDay>>> read(TenantId tenant, std::chrono::sys_days from,
                                             std::chrono::sys_days to, Deadline deadline) override;

 private:
  std::mutex mutex_;
  std::map<TenantId, std::map<std::pair<std::chrono::sys_days, QualityTask>, QualityTally>> shops_;
};

}  // namespace cloudcart::recommendation
