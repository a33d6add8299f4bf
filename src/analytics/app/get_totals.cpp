#include "analytics/app/get_totals.h"

namespace cloudcart::analytics {

Task<Result<Totals>> GetTotals::operator()(Caller caller) {
  co_return co_await store_.totals(caller.tenant, caller.deadline);
}

}  // namespace cloudcart::analytics
