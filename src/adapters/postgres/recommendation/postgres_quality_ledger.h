#pragma once

#include "adapters/postgres/store/store.h"
#include "recommendation/ports/quality_ledger.h"

namespace cloudcart::recommendation {

class PostgresQualityLedger final : public QualityLedger {
 public:
  /// `store` is the one named "recommendation".
  explicit PostgresQualityLedger(postgres::Store& store) : store_(store) {}

  Task<Status> add(std::vector<QualityDay> days, Deadline deadline) override;
  Task<Result<std::vector<QualityDay>>> read(TenantId tenant, std::chrono::sys_days from,
                                             std::chrono::sys_days to, Deadline deadline) override;

 private:
  postgres::Store& store_;
};

}  // namespace cloudcart::recommendation
