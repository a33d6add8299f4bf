#include "adapters/memory/order/memory_order_ledger.h"

namespace cloudcart::order {
namespace {

using Days = std::map<std::chrono::sys_days, LedgerDay>;

LedgerDay& day_of(Days& days, Timestamp time) {
  const auto date = std::chrono::floor<std::chrono::days>(time);
  auto& day = days[date];
  day.date = date;
  return day;
}

std::int64_t units_of(const Order& order) {
  std::int64_t units = 0;
  for (const auto& line : order.lines) units += line.quantity;
  return units;
}

void add(Money& sum, Money amount) {
  sum = sum.plus(amount).value();
}

void count(const Order& order, LedgerTotals& totals, Days& days) {
  const bool is_sale = order.kind == OrderKind::sale;
  if (is_sale) {
    ++totals.orders_placed;
    totals.units_ordered += units_of(order);
    add(totals.gross, order.total);
    add(day_of(days, order.created_at).gross, order.total);
  }
  if (order.cancelled_at) {
    ++(is_sale ? totals.orders_cancelled : totals.credit_notes);
    totals.units_cancelled += units_of(order);
    add(totals.cancelled, order.total);
    add(day_of(days, *order.cancelled_at).cancelled, order.total);
  }
}

}  // namespace

Task<Result<std::size_t>> MemoryOrderLedger::import_orders(std::vector<ImportedOrder> orders, Deadline) {
  std::size_t count_new = 0;
  for (auto& [order, history] : orders) {
    const std::pair id{order.tenant, order.id};
    if (!state_.orders.try_emplace(id, std::move(order)).second) continue;
    ++count_new;
    for (auto& event : history) state_.append(std::move(event));
  }
  co_return count_new;
}

Task<Result<LedgerTotals>> MemoryOrderLedger::totals(TenantId tenant, Deadline) {
  LedgerTotals totals{.position = state_.last_position};
  Days days;
  for (const auto& [id, order] : state_.orders)
    if (id.first == tenant) count(order, totals, days);
  for (const auto& [date, day] : days) totals.days.push_back(day);
  co_return totals;
}

}  // namespace cloudcart::order
