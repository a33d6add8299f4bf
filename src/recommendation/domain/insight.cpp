#include "recommendation/domain/insight.h"

#include <algorithm>

#include "recommendation/domain/facts.h"

namespace cloudcart::recommendation {
namespace {

/// Of each product's row over customers, the largest entries, as shares of the whole row.
void keep_shares(const CoPurchases& customers, std::size_t products, LiveRows& rows) {
  const auto kept = Insight::row_entries(products);
  rows.make_room(products);
  std::vector<LiveRows::Entry> row;
  for (std::uint32_t product = 0; product < products; ++product) {
    row.clear();
    customers.rows().for_each(product, [&](std::uint32_t other, float together) {
      row.push_back({other, together / customers.paired(product)});
    });
    keep_largest(row, kept);
    rows.fill(product, row);
  }
}

}  // namespace

std::unique_ptr<Insight> make_insight(const Facts& facts, Epochs& epochs, std::size_t products,
                                      std::size_t users, InsightParts parts, const Crew& crew) {
  auto baskets = customer_baskets(
      facts.book, users, products,
      {.most_pairs = Insight::is_large(products) ? std::size_t{16} << 20 : std::size_t{64} << 20});
  const auto lines = baskets.lines();
  // Where nothing was bought nothing is known, not even of products that are there.
  auto insight = std::make_unique<Insight>(epochs, lines == 0 ? 0 : products);
  if (lines == 0) return insight;
  if (parts.baskets) insight->orders_ease.solve_all(facts.pairs, products, facts.sales.order_lines(), crew);

  Epochs own;
  CoPurchases customers(own, {}, facts.book.newest());
  customers.count_all(std::move(baskets), products, crew);
  if (parts.baskets) {
    // Scaled like that of the orders, so that the same penalty means the same in both.
    insight->customers_ease.solve_all(customers, products, facts.sales.order_lines(), crew);
    keep_shares(customers, products, insight->customers_together);
  }
  if (parts.profiles) insight->profile_ease.solve_all(customers, products, lines, crew);
  return insight;
}

}  // namespace cloudcart::recommendation
