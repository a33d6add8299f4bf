#pragma once

#include "recommendation/app/answer_question.h"

namespace cloudcart::recommendation {

/// What one customer may like, best first, for that customer and staff; for others the customer is not_found.
/// Who has no orders, or whose products are all unavailable, is shown what is trending.
class RecommendToUser {
 public:
  explicit RecommendToUser(AnswerQuestion& answer) : answer_(answer) {}
  /// With `only_new` nothing that the customer has bought before.
  Task<Result<Answer>> operator()(Caller caller, UserId user, Wishes wishes, bool only_new = false);

 private:
  AnswerQuestion& answer_;
};

}  // namespace cloudcart::recommendation
