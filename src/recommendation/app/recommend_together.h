#pragma once

#include "recommendation/app/answer_question.h"

namespace cloudcart::recommendation {

/// What goes with all of some products, those of a cart or those just viewed, to whoever asks. Products that
/// are not known are ignored; when none is known the answer is what is trending.
class RecommendTogether {
 public:
  /// Of a cart, or viewed.
  static constexpr std::size_t max_products = 100;
  /// Of what was viewed, the latest products that count: an interest is short. Those before are only left out.
  static constexpr std::size_t viewed_that_count = 10;

  explicit RecommendTogether(AnswerQuestion& answer) : answer_(answer) {}
  Task<Result<Answer>> with_basket(Caller caller, std::vector<ProductId> products, Wishes wishes);
  /// `viewed` has the most recent last.
  Task<Result<Answer>> with_session(Caller caller, std::vector<ProductId> viewed, Wishes wishes);

 private:
  AnswerQuestion& answer_;
};

}  // namespace cloudcart::recommendation
