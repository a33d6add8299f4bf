#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "recommendation/domain/lessons.h"
#include "recommendation/domain/score_board.h"
#include "recommendation/domain/view.h"

namespace cloudcart::recommendation {

/// A product that may complete a basket, and what each member says of it.
template <std::size_t members>
struct BasketCandidate {
  std::uint32_t product;
  std::array<float, members> member;  ///< over the largest of the candidates
  float log_availability;
  float log_popularity;

  /// At most 0: nobody speaks for it.
  float score(const BlendWeights<members>& weights) const {
    const float sum = weighted_sum(weights.member, member);
    return sum <= 0 ? sum
                    : sum * std::exp(weights.availability * log_availability -
                                     weights.popularity * log_popularity);
  }
};

/// Candidates of an answer, where its limit is no larger; the best of each member's choice.
constexpr std::size_t blend_candidates = 200;

/// Whether all of them have been seen by the regressions; else plain shares must speak for the others.
bool have_regressions(const View& view, std::span<const std::uint32_t> products);

/// What completes `basket`, by four members: ridge regressions of orders (Lo in the words of the page on
/// recommendations) and of customers (Lu), the orders most like the basket (cf. Jannach and Ludewig, "When
/// recurrent neural networks meet the neighborhood for session-based recommendation", RecSys 2017), and plain
/// shares of co-purchases. The basket's own products are not among them. `most` candidates.
///
/// `weights` tell which members will have a say: plain shares, which cost most, are only looked up where they have.
void find_basket_candidates(const View& view, std::span<const std::uint32_t> basket,
                            const BlendWeights<4>& weights, std::size_t most,
                            std::vector<BasketCandidate<4>>& candidates);

/// The `count` products whose pairs with `product` weigh most, with that weight; in no order.
void find_nearest(const View& view, std::uint32_t product, std::size_t count, std::vector<Scored>& nearest);

/// What is bought together with one product, of those nearest to it: by shares of its pairs over orders and over
/// customers, and by the ridge regression of orders.
void describe_page_candidates(const View& view, std::uint32_t product, std::span<const Scored> nearest,
                              std::vector<BasketCandidate<3>>& candidates);

}  // namespace cloudcart::recommendation
