#pragma once

#include "recommendation/app/examine_orders.h"

namespace cloudcart::recommendation {

struct QualityReport {
  std::chrono::sys_days from, to;     ///< both included, UTC
  std::vector<QualityDay> days;       ///< in order of day and task
  ExamineOrders::Counts since_start;  ///< of this process and all its shops
};

/// How well the caller's shop's model foretold the orders of the last days.
class GetQuality {
 public:
  GetQuality(ExamineOrders& examined, QualityLedger& ledger, const Clock& clock)
      : examined_(examined), ledger_(ledger), clock_(clock) {}
  /// The last `days` with today, at least 1; what was found until now is in it. Errors: those of the ledger.
  Task<Result<QualityReport>> operator()(Caller caller, int days);

 private:
  ExamineOrders& examined_;
  QualityLedger& ledger_;
  const Clock& clock_;
};

}  // namespace cloudcart::recommendation
