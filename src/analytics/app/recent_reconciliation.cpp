#include "analytics/app/recent_reconciliation.h"

#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr seconds good_for{5};
constexpr seconds good_for_at_rest{60};
/// Shops whose answers are kept; beyond, all are forgotten and made anew.
constexpr std::size_t most_kept = 64;

}  // namespace

Task<Result<std::shared_ptr<const DatedReconciliation>>> RecentReconciliation::operator()(Caller caller) {
  for (;;) {
    if (auto known = co_await recall(caller.tenant, caller.deadline)) co_return known;
    const auto turn = co_await flights_.enter({});
    // Who has waited looks again: the answer was made meanwhile, or it was another shop's, or it failed.
    if (turn.leads()) co_return co_await make(std::move(caller));
    if (Executor::current()->now() > caller.deadline)
      co_return fail(
          ErrorCode::deadline_exceeded,
          "Another reconciliation was under way for the whole of the request's time limit; ask again.");
  }
}

std::optional<RecentReconciliation::Outcome> RecentReconciliation::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

std::optional<RecentReconciliation::Kept> RecentReconciliation::kept_of(const TenantId& tenant) const {
  const std::scoped_lock lock(mutex_);
  const auto found = kept_.find(tenant);
  return found == kept_.end() ? std::nullopt : std::optional{found->second};
}

Task<RecentReconciliation::Answer> RecentReconciliation::recall(TenantId tenant, Deadline deadline) {
  const auto kept = kept_of(tenant);
  if (!kept || kept->amendments != sources_.feed.amendments()) co_return nullptr;
  const auto age = Executor::current()->now() - kept->at;
  if (age < good_for) co_return kept->answer;
  if (age >= good_for_at_rest) co_return nullptr;
  // Without the log nothing is known to be at rest.
  const auto end = co_await sources_.log.end_position(deadline);
  co_return end && *end == kept->answer->result.position ? kept->answer : nullptr;
}

Task<Result<RecentReconciliation::Answer>> RecentReconciliation::make(Caller caller) {
  const auto began = Executor::current()->now();
  const auto amendments = sources_.feed.amendments();
  auto tenant = caller.tenant;
  CLOUDCART_CO_TRY(auto result, co_await sources_.reconcile(std::move(caller)));
  const auto now = Executor::current()->now();
  auto answer = std::make_shared<const DatedReconciliation>(
      std::move(result), sources_.clock.now(), std::chrono::duration_cast<milliseconds>(now - began));
  const std::scoped_lock lock(mutex_);
  last_ = {.equal = answer->result.equal,
           .differing_days = answer->result.differing_days.size(),
           .checked_at = answer->checked_at};
  if (kept_.size() >= most_kept && !kept_.contains(tenant)) kept_.clear();
  kept_[std::move(tenant)] = {answer, now, amendments};
  co_return answer;
}

}  // namespace cloudcart::analytics
