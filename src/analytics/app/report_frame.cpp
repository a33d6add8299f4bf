#include "analytics/app/report_frame.h"

namespace cloudcart::analytics {

Task<ReportFrame> frame_of(ReportSources sources, Caller caller, Period period, Timestamp as_of,
                           Progress progress) {
  const auto behind = co_await sources.events_behind(progress, caller.deadline);
  co_return ReportFrame{std::move(period), progress, behind, as_of};
}

Task<Result<ReportFrame>> frame_before(ReportSources sources, Caller caller, Period period, Timestamp as_of) {
  CLOUDCART_CO_TRY(const auto answers, co_await sources.cube.ask(caller.tenant, {}, caller.deadline));
  co_return co_await frame_of(sources, std::move(caller), std::move(period), as_of, answers.progress);
}

}  // namespace cloudcart::analytics
