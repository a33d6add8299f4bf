#pragma once

#include <cstdint>
#include <vector>

#include "recommendation/domain/index_map.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// For each product, with which others it shares orders and how many: the sparse matrix of item-to-item
/// collaborative filtering, kept as a row per product, each pair in both rows.
///
/// A large basket has a quadratic number of pairs and says little about each, so only its first
/// `basket_products` products are paired.
class CoPurchases {
 public:
  using Row = IndexMap<std::int32_t>;

  explicit CoPurchases(std::size_t basket_products) : basket_products_(basket_products) {}
  /// Counts a whole book, one row after the other in a dense array (Gustavson's row-wise sparse product,
  /// ACM TOMS 1978): every increment stays in the cache, and each row is written once at its final size.
  CoPurchases(const OrderBook& book, std::size_t basket_products);

  void make_room(std::size_t products) { rows_.resize(products); }
  /// The lines of an order that take part.
  std::span<const OrderBook::Line> basket(const OrderBook& book, const OrderBook::Order& order) const;
  /// Adds `sign` to every pair of `product` with another of the basket: one row, so that a writer can let
  /// readers in between rows.
  void count_row(std::uint32_t product, std::span<const OrderBook::Line> basket, int sign);

  const Row& row(std::uint32_t product) const { return rows_[product]; }
  std::size_t bytes() const { return rows_.capacity() * sizeof(Row) + row_bytes_; }

 private:
  std::size_t basket_products_;
  std::vector<Row> rows_;
  std::size_t row_bytes_ = 0;
};

}  // namespace cloudcart::recommendation
