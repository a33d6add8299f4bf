#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "recommendation/domain/baskets.h"
#include "recommendation/domain/live_rows.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// Runs a function on several threads at once and returns when all are through. On one thread it is a call. It may
/// throw afterwards, to end what it is used for: that then has no effect.
using Crew = std::function<void(const std::function<void()>& work)>;
inline void run_alone(const std::function<void()>& work) {
  work();
}

/// How much an order counts in the matrix of what is bought together.
struct PairWeighting {
  /// An order counts half as much as one that comes this many days later.
  double half_life_days = 180;
  /// An order of n products counts n^-size_exponent: a large basket says less about each of its pairs.
  double size_exponent = 0.5;
  /// A large basket has a quadratic number of pairs, so only its first so many products are paired.
  std::size_t basket_products = 256;
};

/// For each product, with which others it shares orders and how much: the sparse matrix of item-to-item methods,
/// kept as a row per product, each pair in both rows, and the weight of all of a product's orders on the
/// diagonal.
///
/// Decay is forward (Cormode, Shkapenyuk, Srivastava and Xu, "Forward decay", ICDE 2009): an order weighs
/// 2^((its time - landmark) / half-life) for ever, so that time passing changes nothing, an order is one
/// addition, and a cancellation the same subtraction. Only ratios of weights mean anything.
///
/// One writer; readers need no locks.
class CoPurchases {
 public:
  CoPurchases(Epochs& epochs, PairWeighting weighting, Timestamp landmark)
      : weighting_(weighting), landmark_(landmark), rows_(epochs) {}

  /// Counts a whole book into an empty matrix, one row after the other in a dense array (Gustavson's row-wise
  /// sparse product, ACM TOMS 1978): every increment stays in the cache, and each row is written once at its
  /// final size.
  void count_all(const OrderBook& book, const Crew& crew);
  /// The same for any baskets, whose products are below `products`.
  void count_all(Baskets baskets, std::size_t products, const Crew& crew);

  void make_room(std::size_t products);
  /// Adds (sign 1) or takes back (sign -1) an order, for whose products there is room.
  void count(std::span<const OrderBook::Line> lines, Timestamp time, int sign);

  /// Weight of the orders that hold `product`; 0 for none.
  float weight(std::uint32_t product) const { return load_shared(weights_[product]); }
  /// Weight of the product's pairs: what its row adds up to.
  float paired(std::uint32_t product) const { return load_shared(paired_[product]); }
  const LiveRows& rows() const { return rows_; }
  /// The weight of an order of `time` with one product.
  float unit_at(Timestamp time) const { return weight_of(1, time); }
  const PairWeighting& weighting() const { return weighting_; }
  std::size_t bytes() const { return rows_.bytes() + weights_.bytes() + paired_.bytes(); }

 private:
  float weight_of(std::size_t products, Timestamp time) const;
  /// `sums` is zero before and after; `touched` and `row` are scratch space.
  void count_row(std::uint32_t product, const Baskets& baskets, std::vector<float>& sums,
                 std::vector<std::uint32_t>& touched, std::vector<LiveRows::Entry>& row);

  const PairWeighting weighting_;
  const Timestamp landmark_;
  LiveRows rows_;
  ChunkedArray<float> weights_;
  ChunkedArray<float> paired_;
};

}  // namespace cloudcart::recommendation
