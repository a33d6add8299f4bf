#include "recommendation/app/recommend_to_user.h"

namespace cloudcart::recommendation {

Task<Result<Answer>> RecommendToUser::operator()(Caller caller, UserId user, Wishes wishes, bool only_new) {
  if (!caller.owns(user) && !caller.is_staff()) co_return fail(Error::not_found("User"));
  Question question{.task = only_new ? TaskKind::new_to_customer : TaskKind::next_order, .user = user};
  co_return co_await answer_(std::move(caller), std::move(question), std::move(wishes));
}

}  // namespace cloudcart::recommendation
