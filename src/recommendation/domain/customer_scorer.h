#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "recommendation/domain/lessons.h"
#include "recommendation/domain/score_board.h"
#include "recommendation/domain/view.h"

namespace cloudcart::recommendation {

/// A product that a customer may order next, and what is seen of it.
struct NextCandidate {
  std::uint32_t product;
  bool bought;  ///< before, by this customer
  std::array<float, next_features> features{};

  /// Comparable within one customer's candidates; of any sign.
  float score(const std::array<float, next_features>& weights) const {
    return weighted_sum(weights, features);
  }
};

/// What one customer bought.
class CustomerProfile {
 public:
  struct Item {
    std::uint32_t product;
    float times;  ///< orders that hold it
    float faded;  ///< the same, each counting half per 60 days of age
  };
  /// The newest orders only, and so many products of them: the bounds of an answer's work.
  static constexpr std::size_t most_orders = 200;
  static constexpr std::size_t most_products = 512;

  void clear();
  /// Empty for a customer without orders.
  void read(const View& view, std::uint32_t user);
  std::span<const Item> items() const { return items_; }  ///< bought last first
  std::size_t orders() const { return orders_; }
  bool has(std::uint32_t product) const { return places_.has(product); }

 private:
  std::vector<Item> items_;
  ScoreBoard<1> places_;
  std::size_t orders_ = 0;
};

/// The customer's own products, and new ones: the best by profile and availability, and what is in trend.
void find_next_candidates(const View& view, const CustomerProfile& profile,
                          std::span<const std::uint32_t> trending, std::vector<NextCandidate>& candidates);

/// A product that is new to a customer. It ranks by profile · availability^exponent, of which score() is the
/// logarithm.
struct NewCandidate {
  std::uint32_t product;
  float log_profile;
  float log_availability;
  float score(float exponent) const { return log_profile + exponent * log_availability; }
};
void find_new_candidates(const View& view, const CustomerProfile& profile,
                         std::vector<NewCandidate>& candidates);

/// What is seen of a product by somebody of whom nothing is known.
std::array<float, cold_features> cold_features_of(const View& view, std::uint32_t product);

}  // namespace cloudcart::recommendation
