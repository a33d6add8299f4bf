#include "analytics/app/get_totals.h"

#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {

Task<Result<Totals>> GetTotals::operator()(Caller caller) {
  CLOUDCART_CO_TRY(const auto extent, co_await cube_.extent(caller.tenant, caller.deadline));
  // What comes in between the two questions may lie beyond the extent, and is missed then: the position tells.
  const auto days = extent.transform([](const Extent& known) {
    return DateRange{day_of(known.first, TimeZone{}), day_of(known.last, TimeZone{})};
  });
  CubeQuestions questions;
  if (days) questions.queries.push_back(daily_sales_query(day_bounds(*days, TimeZone{})));
  CLOUDCART_CO_TRY(const auto answers,
                   co_await cube_.ask(caller.tenant, std::move(questions), caller.deadline));
  Totals totals{.position = answers.progress.position, .all = {}, .by_utc_day = {}};
  if (!days) co_return totals;
  totals.all = answers.answers[0].total;
  for (const auto& row : answers.answers[0].rows)
    totals.by_utc_day[std::chrono::sys_days{days->from} +
                      std::chrono::days{std::get<std::uint32_t>(row.members[0])}] = row.figures;
  co_return totals;
}

}  // namespace cloudcart::analytics
