#pragma once

#include "recommendation/app/answer_question.h"

namespace cloudcart::recommendation {

/// What is bought together with a product, closest first. The product itself may be sold out or withdrawn:
/// its page is then the better for showing others. not_found when the assortment does not know it at all.
class RecommendSimilar {
 public:
  explicit RecommendSimilar(AnswerQuestion& answer) : answer_(answer) {}
  Task<Result<Answer>> operator()(Caller caller, ProductId product, Wishes wishes);

 private:
  AnswerQuestion& answer_;
};

}  // namespace cloudcart::recommendation
