#include "analytics/http/reconciliation_json.h"

namespace cloudcart::analytics {
namespace {

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

void write_amounts(JsonWriter& json, std::string_view name, const DayAmounts& amounts) {
  json.key(name).begin_object().key("gross_revenue").amount_number(amounts.gross);
  json.key("cancelled_revenue").amount_number(amounts.cancelled).end_object();
}

}  // namespace

void write_reconciliation(JsonWriter& json, const Reconciliation& reconciliation) {
  json.field("equal", reconciliation.equal);
  write_figures(json, "ledger", reconciliation.ledger);
  write_figures(json, "analytics", reconciliation.analytics);
  json.key("difference").amount_number(reconciliation.difference());
  json.field("days_compared", static_cast<std::uint64_t>(reconciliation.days_compared));
  json.field("position", reconciliation.position).field("dead_letters", reconciliation.dead_letters);
}

void write_differing_days(JsonWriter& json, const Reconciliation& reconciliation) {
  json.key("differing_days").begin_array();
  for (const auto& day : reconciliation.differing_days) {
    json.begin_object().field("date", to_date_string(day.date));
    write_amounts(json, "ledger", day.ledger);
    write_amounts(json, "analytics", day.analytics);
    json.end_object();
  }
  json.end_array();
}

}  // namespace cloudcart::analytics
