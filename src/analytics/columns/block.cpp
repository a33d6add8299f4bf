#include "analytics/columns/block.h"

namespace cloudcart::analytics {

void Block::grow_to(std::uint32_t row) {
  if (row < rows()) return;
  const auto size = static_cast<std::size_t>(row) + 1;
  status.resize(size);
  customer.resize(size, no_customer);
  placed_at.resize(size, never);
  amount.resize(size);
  units.resize(size);
  lines.resize(size);
}

Block::Lines Block::add_lines(const std::vector<ItemLine>& added) {
  const Lines place{static_cast<std::uint32_t>(item.size()), static_cast<std::uint32_t>(added.size())};
  for (const auto& line : added) {
    item.push_back(line.item);
    quantity.push_back(line.quantity);
    line_amount.push_back(line.amount);
  }
  return place;
}

void Block::apply(std::uint32_t row, const OrderChange& change) {
  grow_to(row);
  status[row] = change.status;
  customer[row] = change.customer;
  if (change.placed) {
    const auto& sale = *change.placed;
    placed_at[row] = to_unix_ms(sale.at);
    amount[row] = sale.amount;
    units[row] = sale.units;
    lines[row] = add_lines(sale.lines);
    placed_span.include(to_unix_ms(sale.at));
  }
  if (change.given_back) {
    const auto& sale = *change.given_back;
    given_back.push_back({row, to_unix_ms(sale.at), sale.amount, sale.units, add_lines(sale.lines),
                          change.kind == OrderKind::sale});
    given_back_span.include(to_unix_ms(sale.at));
  }
  if (change.shipped_at) {
    shipped.push_back({row, to_unix_ms(*change.shipped_at)});
    shipped_span.include(to_unix_ms(*change.shipped_at));
  }
  if (change.delivered_at) {
    delivered.push_back({row, to_unix_ms(*change.delivered_at)});
    delivered_span.include(to_unix_ms(*change.delivered_at));
  }
}

std::size_t Block::bytes() const {
  const auto of = [](const auto& column) { return column.capacity() * sizeof(column[0]); };
  return sizeof *this + of(status) + of(customer) + of(placed_at) + of(amount) + of(units) + of(lines) +
         of(item) + of(quantity) + of(line_amount) + of(given_back) + of(shipped) + of(delivered);
}

}  // namespace cloudcart::analytics
