#include "recommendation/app/recommend_to_users.h"

#include "runtime/executor.h"

namespace cloudcart::recommendation {

Task<Result<std::vector<UserAnswer>>> RecommendToUsers::operator()(Caller caller, std::vector<UserId> users,
                                                                   Wishes wishes, bool only_new) {
  if (!caller.is_staff()) co_return fail(ErrorCode::forbidden, "Only staff can ask for many customers.");
  std::vector<UserAnswer> answers;
  answers.reserve(users.size());
  for (const auto& user : users) {
    const auto now = Executor::current()->now();
    if (now >= caller.deadline)
      co_return fail(ErrorCode::deadline_exceeded, "So many customers take longer than there is time.");
    CLOUDCART_CO_TRY(auto answer, co_await recommend_(caller, user, wishes, only_new));
    answers.push_back({user, std::move(answer)});
    co_await sleep_until(now);
  }
  co_return answers;
}

}  // namespace cloudcart::recommendation
