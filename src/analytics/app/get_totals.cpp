#include "analytics/app/get_totals.h"

#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {

Task<Result<Totals>> GetTotals::operator()(Caller caller) {
  for (;;) {
    CLOUDCART_CO_TRY(const auto extent, co_await cube_.extent(caller.tenant, caller.deadline));
    CLOUDCART_CO_TRY(auto totals, co_await within(caller, extent));
    // What came in between the two questions may lie on a day that was not asked for.
    CLOUDCART_CO_TRY(const auto after, co_await cube_.extent(caller.tenant, caller.deadline));
    if (after == extent) co_return totals;
  }
}

Task<Result<Totals>> GetTotals::within(Caller caller, std::optional<Extent> extent) {
  const auto days = extent.transform([](const Extent& known) {
    return DateRange{day_of(known.first, TimeZone{}), day_of(known.last, TimeZone{})};
  });
  CubeQuestions questions;
  if (days) questions.queries.push_back(daily_sales_query(day_bounds(*days, TimeZone{})));
  CLOUDCART_CO_TRY(const auto answers,
                   co_await cube_.ask(caller.tenant, std::move(questions), caller.deadline));
  Totals totals{.position = answers.progress.position, .all = {}, .by_utc_day = {}, .dead_letters = {}};
  if (!days) co_return totals;
  totals.all = answers.answers[0].total;
  for (const auto& row : answers.answers[0].rows) {
    const std::chrono::days day{std::get<std::uint32_t>(row.members[0])};
    totals.by_utc_day[std::chrono::sys_days{days->from} + day] = row.figures;
  }
  co_return totals;
}

}  // namespace cloudcart::analytics
