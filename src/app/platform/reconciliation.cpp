#include "app/platform/reconciliation.h"

#include <map>

#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

using analytics::SalesFigures;

/// What both sides can tell, in the rollups' words.
SalesFigures figures_of(const order::LedgerTotals& ledger) {
  return {.placed_orders = ledger.orders_placed,
          .placed_units = ledger.units_ordered,
          .gross = ledger.gross,
          .cancelled_orders = ledger.orders_cancelled,
          .cancelled_units = ledger.units_cancelled,
          .cancelled = ledger.cancelled};
}

/// The figures of analytics without those that a ledger has not.
SalesFigures comparable(const SalesFigures& figures) {
  return {.placed_orders = figures.placed_orders,
          .placed_units = figures.placed_units,
          .gross = figures.gross,
          .cancelled_orders = figures.cancelled_orders,
          .cancelled_units = figures.cancelled_units,
          .cancelled = figures.cancelled};
}

void write_figures(JsonWriter& json, std::string_view name, const SalesFigures& figures) {
  json.key(name).begin_object();
  json.key("gross_revenue")
      .amount_number(figures.gross)
      .key("cancelled_revenue")
      .amount_number(figures.cancelled);
  json.key("total_revenue").amount_number(figures.net());
  json.field("placed_orders", figures.placed_orders).field("cancelled_orders", figures.cancelled_orders);
  json.field("placed_units", figures.placed_units)
      .field("cancelled_units", figures.cancelled_units)
      .end_object();
}

struct Amounts {
  Money gross, cancelled;
  bool operator==(const Amounts&) const = default;
};

struct DayPair {
  Amounts ledger, rollups;
};

std::map<std::chrono::sys_days, DayPair> pair_days(const order::LedgerTotals& ledger,
                                                   const analytics::Totals& rollups) {
  std::map<std::chrono::sys_days, DayPair> days;
  for (const auto& day : ledger.days)
    days[std::chrono::sys_days{day.date}].ledger = {day.gross, day.cancelled};
  for (const auto& [date, figures] : rollups.by_utc_day)
    days[date].rollups = {figures.gross, figures.cancelled};
  return days;
}

void write_amounts(JsonWriter& json, std::string_view name, const Amounts& amounts) {
  json.key(name).begin_object().key("gross_revenue").amount_number(amounts.gross);
  json.key("cancelled_revenue").amount_number(amounts.cancelled).end_object();
}

/// Writes the days that differ, and answers whether there are any.
bool write_differing_days(JsonWriter& json, const std::map<std::chrono::sys_days, DayPair>& days) {
  bool differ = false;
  json.key("differing_days").begin_array();
  for (const auto& [date, pair] : days) {
    if (pair.ledger == pair.rollups) continue;
    differ = true;
    json.begin_object().field("date", to_date_string(date));
    write_amounts(json, "ledger", pair.ledger);
    write_amounts(json, "analytics", pair.rollups);
    json.end_object();
  }
  json.end_array();
  return differ;
}

}  // namespace

Reconciliation reconcile_totals(const order::LedgerTotals& ledger, const analytics::Totals& rollups) {
  const SalesFigures books = figures_of(ledger), counted = comparable(rollups.all);
  const auto days = pair_days(ledger, rollups);
  JsonWriter details;
  details.begin_object();
  const bool days_differ = write_differing_days(details, days);
  const bool equal = books == counted && !days_differ;
  details.end_object();

  JsonWriter json;
  json.begin_object().field("equal", equal);
  write_figures(json, "ledger", books);
  write_figures(json, "analytics", counted);
  json.key("difference").amount_number(Money{books.net().minor_units() - counted.net().minor_units()});
  json.field("days_compared", static_cast<std::uint64_t>(days.size())).field("position", rollups.position);
  json.key("details").raw(details.str()).end_object();
  return {equal, std::move(json).str()};
}

}  // namespace cloudcart::app
