#include "recommendation/app/get_quality.h"

namespace cloudcart::recommendation {

Task<Result<QualityReport>> GetQuality::operator()(Caller caller, int days) {
  CLOUDCART_CO_CHECK(co_await examined_.flush(caller.deadline));
  QualityReport report;
  report.to = std::chrono::floor<std::chrono::days>(clock_.now());
  report.from = report.to - std::chrono::days{days - 1};
  CLOUDCART_CO_TRY(report.days,
                   co_await ledger_.read(caller.tenant, report.from, report.to, caller.deadline));
  report.since_start = examined_.counts();
  co_return report;
}

}  // namespace cloudcart::recommendation
