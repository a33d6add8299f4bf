#include "analytics/app/reconcile_orders.h"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr std::size_t records_at_once = 1000;
/// Between two looks at how far analytics is; its consumer applies what comes in some tens of milliseconds.
constexpr milliseconds between_looks{10};
/// Who has not got there by then is not running, or is busy for long: whoever asks learns of it instead of waiting on.
constexpr seconds patience{15};

}  // namespace

Task<Result<Reconciliation>> ReconcileOrders::operator()(Caller caller) const {
  auto compared = co_await compare(std::move(caller.tenant), caller.deadline);
  if (!compared && compared.error().code == ErrorCode::deadline_exceeded)
    co_return fail(
        ErrorCode::deadline_exceeded,
        "The orders could not be gone through within the request's time limit. Ask again in a quieter "
        "moment, allow requests more time by http.request_timeout, or run: cloudcart reconcile");
  co_return compared;
}

Task<Result<Reconciliation>> ReconcileOrders::compare(TenantId tenant, Deadline deadline) const {
  CLOUDCART_CO_TRY(const auto ledger, co_await sources_.ledger.totals(tenant, deadline));
  CLOUDCART_CO_CHECK(co_await wait_until_counted(ledger.position, deadline));
  CLOUDCART_CO_TRY(auto counted, co_await sources_.counted.totals(tenant, deadline));
  CLOUDCART_CO_TRY(counted, co_await as_of(ledger.position, std::move(counted), std::move(tenant), deadline));
  co_return reconcile(ledger, counted);
}

Task<Status> ReconcileOrders::wait_until_counted(std::int64_t position, Deadline deadline) const {
  const auto give_up = std::min(deadline, Executor::current()->now() + patience);
  for (;;) {
    CLOUDCART_CO_TRY(const auto reached, co_await sources_.counted.position(deadline));
    if (reached >= position) co_return Status{};
    const auto next = Executor::current()->now() + between_looks;
    if (next > give_up)
      co_return fail(
          ErrorCode::unavailable,
          fmt::format("Analytics has applied the event log up to position {}, and the orders are at {}; it "
                      "did not catch up in the time that there was. Ask again when it has.",
                      reached, position));
    co_await sleep_until(next);
  }
}

Task<Result<Totals>> ReconcileOrders::as_of(std::int64_t position, Totals counted, TenantId tenant,
                                            Deadline deadline) const {
  for (auto reached = position; reached < counted.position;) {
    CLOUDCART_CO_TRY(const auto records, co_await sources_.log.read(reached, records_at_once, deadline));
    // Positions that the log does not have, as after a restore of the orders alone: what they did stays a difference.
    if (records.empty()) break;
    for (const auto& record : records) {
      if (record.position > counted.position) break;
      if (record.event.tenant == tenant && !std::ranges::binary_search(counted.dead_letters, record.position))
        take_off(counted, record.event);
    }
    reached = records.back().position;
  }
  co_return counted;
}

}  // namespace cloudcart::analytics
