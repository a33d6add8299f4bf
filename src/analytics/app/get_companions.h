#pragma once

#include "analytics/app/report_frame.h"

namespace cloudcart::analytics {

struct CompanionReport {
  ReportFrame frame;
  ProductId product;
  Companions companions;
};

/// What is bought together with a product, over all time or the dates asked for. Errors: not_found for a product
/// that no order ever held.
class GetCompanions {
 public:
  explicit GetCompanions(ReportSources sources) : sources_(sources) {}
  Task<Result<CompanionReport>> operator()(Caller caller, ProductId product, PeriodRequest request,
                                           std::size_t limit);

 private:
  const ReportSources sources_;
};

}  // namespace cloudcart::analytics
