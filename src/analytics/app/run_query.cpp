#include "analytics/app/run_query.h"

namespace cloudcart::analytics {
namespace {

constexpr int default_days = 30;

}  // namespace

Task<Result<Period>> RunQuery::period_of(const Caller& caller, const Query& query) {
  const auto& zone = sources_.shop.time_zone;
  if (!query.all_time) co_return days_up_to_today(query.period, default_days, zone, sources_.clock.now());
  CLOUDCART_CO_TRY(const auto extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  co_return whole_history(query.period, zone, sources_.clock.now(), extent);
}

Task<Result<QueryReport>> RunQuery::operator()(Caller caller, Query query) {
  CLOUDCART_CO_TRY(const auto period, co_await period_of(caller, query));
  CLOUDCART_CO_TRY(const auto plan, plan_query(query, period.dates, period.zone));
  CLOUDCART_CO_TRY(auto answers,
                   co_await sources_.cube.ask(caller.tenant, {{plan.cube}, 0}, caller.deadline));
  auto& answer = answers.answers[0];
  complete_rows(answer, query, plan);
  QueryReport report{.period = period, .progress = answers.progress};
  std::optional<ComparisonPlan> other;
  std::optional<CubeAnswers> others;
  std::optional<Compared> compared;
  if (query.period.comparison) {
    report.compared = period.previous();
    CLOUDCART_CO_TRY(other, plan_comparison(query, plan, period.zone, answer.rows));
    CLOUDCART_CO_TRY(
        others, co_await sources_.cube.ask(caller.tenant, {{other->rows, other->total}, 0}, caller.deadline));
    if (others->answers[0].groups > max_compared_groups)
      co_return fail(Error::validation(
          {{"compare", "makes more than 200,000 groups: ask for fewer dimensions, or filter"}}));
    compared.emplace(*other, others->answers[0], others->answers[1].total);
  }
  report.as_of = sources_.clock.now();
  report.result = tabulate(query, plan, answer, compared ? &*compared : nullptr, report.as_of);
  report.events_behind = co_await sources_.events_behind(report.progress, caller.deadline);
  co_return report;
}

}  // namespace cloudcart::analytics
