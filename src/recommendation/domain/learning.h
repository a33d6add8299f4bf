#pragma once

#include "recommendation/domain/co_purchases.h"
#include "recommendation/domain/lessons.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

struct LearningOptions {
  std::size_t most_questions = 4'000;  ///< of each kind
  std::size_t fewest_questions = 100;  ///< with fewer, the defaults stand
};

/// Learns from a shop's own history how to weigh the members of the portfolio: the orders are parted at a moment,
/// the members are made from what is before it, asked about what came after it, and weighed so that they would
/// have answered best. Next orders, whose weights are many, are asked at three moments. Everything is decided by the
/// orders alone: the same history gives the same lessons. `weighting` is that of the model that is taught.
Lessons learn_lessons(const OrderBook& book, const LearningOptions& options, const Crew& crew,
                      PairWeighting weighting = {});

}  // namespace cloudcart::recommendation
