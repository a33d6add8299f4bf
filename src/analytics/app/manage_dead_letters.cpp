#include "analytics/app/manage_dead_letters.h"

namespace cloudcart::analytics {

Task<Result<DeadLetters::Page>> ManageDeadLetters::list(Caller caller, std::int64_t offset,
                                                        std::int64_t limit) {
  co_return co_await letters_.list_dead_letters(std::move(caller.tenant), offset, limit, caller.deadline);
}

Task<Status> ManageDeadLetters::retry(Caller caller, std::int64_t position) {
  CLOUDCART_CO_TRY(const auto retried,
                   co_await letters_.retry_dead_letter(std::move(caller.tenant), position, caller.deadline));
  if (retried.reason)
    co_return fail(ErrorCode::conflict, "The event still cannot be added up: " + *retried.reason);
  feed_.publish_amendment();
  co_return Status{};
}

}  // namespace cloudcart::analytics
