#include "recommendation/app/experiment_app.h"

#include <spdlog/spdlog.h>

namespace cloudcart::recommendation {
namespace {

constexpr seconds look_limit{30};

}  // namespace

Task<Result<std::int64_t>> ExperimentConsumer::position(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto known, co_await ledger_.position(deadline));
  if (known) co_return *known;
  CLOUDCART_CO_TRY(const auto end, co_await log_.end_position(deadline));
  CLOUDCART_CO_CHECK(co_await ledger_.begin_at(end, deadline));
  co_return end;
}

Task<Status> ExperimentConsumer::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  return ledger_.apply(std::move(records), deadline);
}

Task<void> ExperimentApp::watch(BackgroundLoops::StopFlag stop) {
  std::string last_failure;
  auto next_guardrails = Executor::current()->now();
  while (!stop.stopping()) {
    const auto now = Executor::current()->now();
    const bool also_at_guardrails = now >= next_guardrails;
    if (also_at_guardrails) next_guardrails = now + options_.guardrail_pace;
    const auto done = co_await look(also_at_guardrails, now + look_limit);
    // The same failure again and again is said once.
    if (const auto failure = done ? std::string{} : done.error().message; failure != last_failure) {
      if (!done) spdlog::warn("cannot see to the experiments, trying again: {}", failure);
      last_failure = failure;
    }
    co_await stop.sleep_for(options_.pace);
  }
}

Task<Status> ExperimentApp::look(bool also_at_guardrails, Deadline deadline) {
  CLOUDCART_CO_CHECK(co_await manage.refresh(deadline));
  if (!leadership_.leads()) co_return Status{};
  CLOUDCART_CO_CHECK(co_await manage.stop_ended(deadline));
  if (!also_at_guardrails) co_return Status{};
  CLOUDCART_CO_CHECK(co_await manage.stop_harmful(deadline));
  CLOUDCART_CO_CHECK(co_await ledger_.forget_expired(clock_.now(), deadline));
  co_return Status{};
}

}  // namespace cloudcart::recommendation
