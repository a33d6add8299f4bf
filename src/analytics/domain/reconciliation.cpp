#include "analytics/domain/reconciliation.h"

#include <algorithm>
#include <map>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

/// The figures that both sides have.
SalesFigures comparable(const SalesFigures& figures) {
  return {.placed_orders = figures.placed_orders,
          .placed_units = figures.placed_units,
          .gross = figures.gross,
          .cancelled_orders = figures.cancelled_orders,
          .cancelled_units = figures.cancelled_units,
          .cancelled = figures.cancelled};
}

struct DayPair {
  DayAmounts ledger, analytics;
};

std::map<std::chrono::sys_days, DayPair> pair_days(const Totals& ledger, const Totals& counted) {
  std::map<std::chrono::sys_days, DayPair> days;
  for (const auto& [date, figures] : ledger.by_utc_day)
    days[date].ledger = {figures.gross, figures.cancelled};
  for (const auto& [date, figures] : counted.by_utc_day)
    days[date].analytics = {figures.gross, figures.cancelled};
  return days;
}

Money negative(Money amount) {
  return Money{}.minus(amount).value();
}

}  // namespace

Money Reconciliation::difference() const {
  return sum(ledger.net(), negative(analytics.net()));
}

Reconciliation reconcile(const Totals& ledger, const Totals& counted) {
  Reconciliation result{.ledger = comparable(ledger.all),
                        .analytics = comparable(counted.all),
                        .differing_days = {},
                        .position = ledger.position};
  const auto days = pair_days(ledger, counted);
  result.days_compared = days.size();
  for (const auto& [date, pair] : days)
    if (pair.ledger != pair.analytics) result.differing_days.push_back({date, pair.ledger, pair.analytics});
  result.equal = result.ledger == result.analytics && result.differing_days.empty();
  const auto& letters = counted.dead_letters;
  result.dead_letters = std::ranges::upper_bound(letters, ledger.position) - letters.begin();
  return result;
}

void take_off(Totals& totals, const events::OrderEvent& event) {
  const auto flow = flow_of(event);
  if (flow == SalesFigures{}) return;
  const SalesFigures opposite{.placed_orders = -flow.placed_orders,
                              .placed_units = -flow.placed_units,
                              .gross = negative(flow.gross),
                              .cancelled_orders = -flow.cancelled_orders,
                              .cancelled_units = -flow.cancelled_units,
                              .cancelled = negative(flow.cancelled)};
  totals.all.add_flows(opposite);
  const auto day = totals.by_utc_day.try_emplace(floor<std::chrono::days>(event.timestamp)).first;
  day->second.add_flows(opposite);
  if (day->second == SalesFigures{}) totals.by_utc_day.erase(day);
}

}  // namespace cloudcart::analytics
