#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// Sets of products with weights, as a sparse matrix by row and by column: what a matrix of co-purchases is
/// counted from.
class Baskets {
 public:
  void add(std::uint32_t product) { products_.push_back(product); }
  /// Ends a basket of what was added since the last one.
  void close(float weight) {
    starts_.push_back(static_cast<std::uint32_t>(products_.size()));
    weights_.push_back(weight);
  }
  /// Before with() is asked, and after the last close().
  void index_by_product(std::size_t product_count);

  std::size_t size() const { return weights_.size(); }
  std::size_t lines() const { return products_.size(); }
  float weight(std::uint32_t basket) const { return weights_[basket]; }
  std::span<const std::uint32_t> of(std::uint32_t basket) const {
    return std::span{products_}.subspan(starts_[basket], starts_[basket + 1] - starts_[basket]);
  }
  /// The baskets that hold a product.
  std::span<const std::uint32_t> with(std::uint32_t product) const {
    const auto start = product_starts_[product];
    return std::span{baskets_of_}.subspan(start, product_starts_[product + 1] - start);
  }

 private:
  std::vector<std::uint32_t> starts_{0};  ///< basket b has products_[starts_[b] .. starts_[b + 1])
  std::vector<std::uint32_t> products_;
  std::vector<float> weights_;
  std::vector<std::uint32_t> product_starts_;  ///< likewise into baskets_of_
  std::vector<std::uint32_t> baskets_of_;
};

struct CustomerBasketOptions {
  std::size_t products = 200;         ///< of a customer, the distinct ones bought last
  std::size_t most_pairs = 64 << 20;  ///< of all customers together: those who bought last come first
};

/// What each of the first `users` customers bought over all orders, of the first `products` products; a customer of n
/// of them weighs n^-1/2.
Baskets customer_baskets(const OrderBook& book, std::size_t users, std::size_t products,
                         CustomerBasketOptions options = {});

}  // namespace cloudcart::recommendation
