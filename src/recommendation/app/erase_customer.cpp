#include "recommendation/app/erase_customer.h"

#include <algorithm>

#include "runtime/executor.h"

namespace cloudcart::recommendation {
namespace {

constexpr seconds call_limit{10};

}  // namespace

Task<Status> EraseCustomer::learn(std::vector<privacy::Erasure> erasures) {
  if (erasures.empty()) co_return Status{};
  erased_.add(erasures);
  // Where an older store was restored, numbers are given once more.
  saved_ = std::min(saved_, erasures.front().seq - 1);
  CLOUDCART_CO_CHECK(co_await erase_feedback(erasures));
  const auto last = erasures.back().seq;
  CLOUDCART_CO_TRY(const bool is_saved, co_await recommendations_.forget(std::move(erasures)));
  learnt_ = last;
  if (is_saved) saved_ = last;
  co_return Status{};
}

Task<Status> EraseCustomer::erase_feedback(std::vector<privacy::Erasure> erasures) {
  for (const auto& erasure : erasures) {
    if (erasure.requested_at < oldest_) continue;
    CLOUDCART_CO_CHECK(
        co_await ledger_.erase(erasure.tenant, erasure.user, Executor::current()->now() + call_limit));
  }
  co_return Status{};
}

Task<Result<privacy::Erased>> EraseCustomer::erase(privacy::Erasure erasure, Deadline deadline) {
  CLOUDCART_CO_CHECK(co_await ledger_.erase(erasure.tenant, erasure.user, deadline));
  if (erasure.seq > saved_) {
    // The first training had not ended when it was learnt, or the erasure is carried out once more.
    const auto learnt = learnt_;
    CLOUDCART_CO_TRY(const bool is_saved, co_await recommendations_.forget({erasure}));
    if (!is_saved) co_return privacy::Erased{.is_done = recommendations_.knows_no_orders()};
    saved_ = learnt;
  }
  co_return privacy::Erased{.is_done = true};
}

}  // namespace cloudcart::recommendation
