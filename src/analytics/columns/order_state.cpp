#include "analytics/columns/order_state.h"

#include <map>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

/// Lines of one item are added up.
Sale sale_of(const events::OrderEvent& event, const ItemNumbers& item_of) {
  std::map<std::uint32_t, ItemLine> lines;
  for (const auto& line : event.lines) {
    const auto item = item_of(line);
    auto& sum = lines[item];
    sum.item = item;
    sum.quantity += static_cast<std::int32_t>(line.quantity);
    sum.amount += line.subtotal.minor_units();
  }
  Sale sale{event.timestamp, event.total.minor_units(), units_of(event), {}};
  for (const auto& [item, line] : lines) sale.lines.push_back(line);
  return sale;
}

}  // namespace

OrderChange change_of(const OrderState& known, const events::OrderEvent& event, const ItemNumbers& item_of) {
  OrderChange change{.number = known.number,
                     .customer = known.customer,
                     .order = event.order_id,
                     .status = event.version > known.version ? event.status : known.status,
                     .kind = event.kind};
  if (places_order(event) && !known.is_placed) change.placed = sale_of(event, item_of);
  if (gives_back(event) && !known.is_given_back) change.given_back = sale_of(event, item_of);
  // How long it took is known once both ends are.
  if (known.is_placed && ships(event) && !known.shipped_at) change.shipped_at = event.timestamp;
  if (known.is_placed && delivers(event) && !known.delivered_at) change.delivered_at = event.timestamp;
  if (change.placed) {
    change.shipped_at = known.shipped_at;
    change.delivered_at = known.delivered_at;
  }
  return change;
}

std::optional<OrderSummary> summary_of(const OrderChange& change, const events::OrderEvent& event) {
  const bool is_note = change.given_back && event.kind == OrderKind::credit_note;
  if (!change.placed && !is_note) return std::nullopt;
  const auto& sale = change.placed ? *change.placed : *change.given_back;
  return OrderSummary{event.order_id,     customer_of(event), change.status, event.kind,
                      Money{sale.amount}, event.currency,     sale.units,    sale.at};
}

}  // namespace cloudcart::analytics
