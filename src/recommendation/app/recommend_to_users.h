#pragma once

#include "recommendation/app/recommend_to_user.h"

namespace cloudcart::recommendation {

struct UserAnswer {
  UserId user;
  Answer answer;
};

/// What many customers may like, each as RecommendToUser answers, in their order; for staff only. Between
/// customers others have their turn, and so a model that is trained meanwhile answers for the rest.
class RecommendToUsers {
 public:
  /// Of one call: customers, and customers times the limit.
  static constexpr std::size_t max_users = 1000, max_products = 10'000;

  explicit RecommendToUsers(RecommendToUser& recommend) : recommend_(recommend) {}
  Task<Result<std::vector<UserAnswer>>> operator()(Caller caller, std::vector<UserId> users, Wishes wishes,
                                                   bool only_new);

 private:
  RecommendToUser& recommend_;
};

}  // namespace cloudcart::recommendation
