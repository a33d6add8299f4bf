#include "recommendation/domain/co_purchases.h"

#include <algorithm>

namespace cloudcart::recommendation {
namespace {

/// The orders of each product, in one array: those of product p stand from starts[p] to starts[p + 1].
struct OrdersByProduct {
  std::vector<std::uint64_t> starts;
  std::vector<std::uint32_t> orders;

  OrdersByProduct(const OrderBook& book, const CoPurchases& pairs) : starts(book.products().size() + 1) {
    for_each_line(book, pairs, [this](std::uint32_t, std::uint32_t product) { ++starts[product + 1]; });
    for (std::size_t p = 1; p < starts.size(); ++p) starts[p] += starts[p - 1];
    orders.resize(starts.back());
    auto next = starts;
    for_each_line(book, pairs,
                  [&](std::uint32_t order, std::uint32_t product) { orders[next[product]++] = order; });
  }

  std::span<const std::uint32_t> of(std::uint32_t product) const {
    return std::span{orders}.subspan(starts[product], starts[product + 1] - starts[product]);
  }

 private:
  template <class Visit>
  static void for_each_line(const OrderBook& book, const CoPurchases& pairs, Visit visit) {
    for (std::uint32_t i = 0; i < book.order_count(); ++i) {
      const auto& order = book.order(i);
      if (order.state != OrderBook::State::bought) continue;
      for (const auto& line : pairs.basket(book, order)) visit(i, line.product);
    }
  }
};

}  // namespace

CoPurchases::CoPurchases(const OrderBook& book, std::size_t basket_products) : CoPurchases(basket_products) {
  const OrdersByProduct orders(book, *this);
  const auto products = static_cast<std::uint32_t>(book.products().size());
  make_room(products);
  std::vector<std::int32_t> counts(products);
  std::vector<std::uint32_t> touched;
  for (std::uint32_t product = 0; product < products; ++product) {
    for (const auto order : orders.of(product)) {
      for (const auto& line : basket(book, book.order(order)))
        if (counts[line.product]++ == 0) touched.push_back(line.product);
    }
    std::erase(touched, product);
    counts[product] = 0;
    auto& row = rows_[product];
    if (!touched.empty()) row.reserve(touched.size());
    for (const auto other : touched) row.add(other, std::exchange(counts[other], 0));
    row_bytes_ += row.bytes();
    touched.clear();
  }
}

std::span<const OrderBook::Line> CoPurchases::basket(const OrderBook& book,
                                                     const OrderBook::Order& order) const {
  const auto lines = book.lines(order);
  return lines.first(std::min(lines.size(), basket_products_));
}

void CoPurchases::count_row(std::uint32_t product, std::span<const OrderBook::Line> basket, int sign) {
  auto& row = rows_[product];
  row_bytes_ -= row.bytes();
  for (const auto& line : basket)
    if (line.product != product) row.add(line.product, sign);
  row_bytes_ += row.bytes();
}

}  // namespace cloudcart::recommendation
