#include "analytics/columns/all_time.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

/// Adds a line to the sums at `place`; the order counts there unless one of the first `seen` places is the same.
void add_line(std::vector<CountedSales>& sums, Counted CountedSales::* way, const Counted& line,
              std::vector<std::uint32_t>& seen, std::uint32_t place) {
  if (place >= sums.size()) sums.resize(place + 1);
  auto counted = line;
  if (std::ranges::find(seen, place) != seen.end()) counted.orders = 0;
  seen.push_back(place);
  (sums[place].*way).add(counted);
}

}  // namespace

void AllTimeSales::add(const Sale& sale, const Items& items, Counted CountedSales::* way, bool whole_order) {
  const std::uint32_t orders = whole_order ? 1 : 0;
  (of_orders_.*way).add({sale.units, sale.amount, orders, 1});
  Counted lines{.orders = orders, .flows = 1};
  std::vector<std::uint32_t> products, categories;
  for (const auto& line : sale.lines) {
    const Counted counted{line.quantity, line.amount, orders, 1};
    add_line(by_product_, way, counted, products, items.product_of()[line.item]);
    add_line(by_category_, way, counted, categories, items.category_of()[line.item]);
    lines.units += line.quantity;
    lines.amount += line.amount;
  }
  if (!sale.lines.empty()) (of_lines_.*way).add(lines);
}

}  // namespace cloudcart::analytics
